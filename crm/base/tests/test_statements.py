"""What is composed once answers what Django would answer, whatever the conditions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower
from django.test.utils import CaptureQueriesContext

from crm.base.context import acting
from crm.base.storing.statements import KEPT_CURSORS, Selection, prepared_cursor, prepared_rows
from crm.base.tests.sample import Sample, make

pytestmark = pytest.mark.django_db

COLUMNS = ("id", "name", "city", "created_at", "archived_at", "created_by_id")
WITH_PERSON = (*COLUMNS, "created_by__username")
Query = Callable[[], QuerySet[Any]]


def same_city() -> Any:
    return Sample.objects.filter(city=OuterRef("city")).order_by("id").values("pk")[:1]


def unsorted(city: str) -> QuerySet[Any]:
    found: QuerySet[Any] = Sample.objects.filter(city=city).order_by()
    return found


QUERIES: list[Query] = [
    Sample.objects.all,
    Sample.objects.none,
    lambda: Sample.objects.filter(pk__in=[]),
    lambda: Sample.objects.exclude(pk__in=[]),
    Sample.objects.live,
    lambda: Sample.objects.filter(city="Lima").order_by("-id"),
    lambda: Sample.objects.filter(city="100%").order_by("name", "-id"),
    lambda: Sample.objects.filter(city__in=["Lima", "Mérida"], archived_at=None).order_by("id")[:2],
    lambda: Sample.objects.order_by("-id")[1:3],
    lambda: Sample.objects.filter(pk__in=Subquery(same_city())).order_by("id"),
    lambda: Sample.objects.search("ana").order_by("id"),
    # What it leaves to Django: more than conditions, orderings and limits.
    lambda: Sample.objects.filter(created_by__username="alice").order_by("id"),
    lambda: Sample.objects.annotate(low=Lower("name")).filter(low="ana").order_by("id"),
    lambda: Sample.objects.order_by("created_by__username", "id"),
    lambda: Sample.objects.order_by(F("city").desc(), "id"),
    lambda: Sample.objects.order_by(Lower("name").desc(), "id").reverse(),
    lambda: unsorted("Lima").union(unsorted("100%")),
]


@pytest.fixture
def people(alice: Any) -> None:
    with acting(actor=alice):
        for name, city in (("Ana", "Lima"), ("Berta", "Mérida"), ("Carla", "100%"), ("Ana", "")):
            make(name=name, city=city)
    make(name="Dora", city="Lima").archive()


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("columns", [COLUMNS, WITH_PERSON], ids=["own", "joined"])
def test_it_answers_what_django_does(people: None, query: Query, columns: Any) -> None:
    selection = Selection(columns)
    for _ in range(2):
        found = [tuple(row) for row in selection.rows(query())]
        expected = list(query().values_list(*columns))
        if not query().query.order_by:
            found.sort()
            expected.sort()
        assert found == expected


def test_one_composition_serves_every_value_and_page(people: None) -> None:
    selection = Selection(COLUMNS)
    found = [
        [name for _id, name, *_ in selection.rows(Sample.objects.filter(city=city).order_by("id"))]
        for city in ("Lima", "Mérida", "'; DROP TABLE sample; --", "%s", "{where}")
    ]
    assert found == [["Ana", "Dora"], ["Berta"], [], [], []]
    for size in (1, 3):
        assert len(list(selection.rows(Sample.objects.filter(city="").order_by("id")[:size]))) == 1
    assert len(selection._frames) == 1


def test_what_has_no_conditions_is_composed_once_too(people: None) -> None:
    selection = Selection(["name"])
    for most in (2, 3):
        found = [name for [name] in selection.rows(Sample.objects.order_by("id")[:most])]
        assert found == ["Ana", "Berta", "Carla"][:most]
    [frame] = selection._frames.values()
    assert frame


def test_no_ordering_is_not_the_models_own(people: None) -> None:
    selection = Selection(["id"])
    list(selection.rows(Sample.objects.order_by()))
    newest_first = [pk for [pk] in selection.rows(Sample.objects.all())]
    assert newest_first == sorted(newest_first, reverse=True)
    assert len(selection._frames) == 2


def test_a_row_is_locked_by_django_alone() -> None:
    with CaptureQueriesContext(connection) as captured:
        list(Selection(["id"]).rows(Sample.objects.select_for_update().order_by("id")))
    locks = connection.features.has_select_for_update
    assert ("FOR UPDATE" in captured.captured_queries[0]["sql"]) is locks


def test_a_row_by_its_key_is_planned_once() -> None:
    selection, pk = Selection(COLUMNS), make(name="Ana").pk
    for key in (pk, pk + 1):
        found = list(selection.rows(Sample.objects.filter(pk=key).order_by(), by_key=True))
        assert [row[0] for row in found] == [pk] * (key == pk)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
                [f'%{Sample._meta.db_table}%."id" = $1%'],
            )
            assert cursor.fetchone()[0] >= 1


def test_errors_are_djangos() -> None:
    with prepared_cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SELECT nonsense FROM nowhere")


def test_a_cursor_that_is_kept_answers_anew() -> None:
    for number in (1, 2):
        assert [tuple(row) for row in prepared_rows("SELECT %s + 1", [number])] == [(number + 1,)]


def test_a_kept_cursor_survives_an_error() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps none.")
    question = "SELECT 10 / %s"
    with transaction.atomic(), pytest.raises(DatabaseError), transaction.atomic():
        prepared_rows(question, [0])
    assert prepared_rows(question, [5]) == [(2,)]


def test_no_more_cursors_are_kept_than_a_few() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps none.")
    for number in range(2 * KEPT_CURSORS):
        prepared_rows(f"SELECT {number}", [])
    assert len(vars(connection.connection)["crm_cursors"]) <= KEPT_CURSORS
