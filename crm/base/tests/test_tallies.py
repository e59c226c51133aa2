"""Whatever writes, and however: the tally counts what is there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.base.storing import tallies, tally_upkeep
from crm.base.tests.sample import Sample, make
from crm.base.trail import append_only
from crm.base.trail.fence import unaudited
from crm.tests.audit_check import miscounted

pytestmark = pytest.mark.django_db
COMPANY = {"client_type": "juridical", "company_name": "Acme"}


def run(statement: str) -> None:
    with unaudited("tallies follow whoever writes"), connection.cursor() as cursor:
        cursor.execute(statement)


def counted(queryset: Any = None) -> dict[str, int]:
    """Return the number of rows of each country, from the tally."""
    found: dict[str, int] = {}
    for group in tallies.counts(Sample.objects.live() if queryset is None else queryset):
        country = group["country_code"]
        found[country] = found.get(country, 0) + group["count"]
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is written inside: not all of it leaves a history."""
    with transaction.atomic():
        yield
        assert miscounted() == []
        transaction.set_rollback(True)


@pytest.fixture
def three() -> list[Any]:
    return [make(country="VE"), make(country="VE"), make(country="PE", **COMPANY)]


def test_it_counts_by_every_group(three: list[Any]) -> None:
    rows = tallies.counts(Sample.objects.live())
    assert sorted(rows, key=lambda row: row["count"]) == [
        {"client_type": "juridical", "country_code": "PE", "count": 1},
        {"client_type": "natural", "country_code": "VE", "count": 2},
    ]


def move(record: Any) -> None:
    record.country = "CO"
    record.save()


def archive_and_restore(record: Any) -> None:
    record.archive()
    assert counted() == {"VE": 1, "PE": 1}
    record.restore()


BULK = [{"country": "CO"}, {"country": "CO"}, {"country": "VE"}]
MOVED = "UPDATE customers_customer SET country_code = 'CO' WHERE country_code = 'VE'"
TOUCHED = "UPDATE customers_customer SET age = 7, country_code = country_code"
# A row that is there already: in its place, and as a change of it.
SAME = "INTO customers_customer SELECT * FROM customers_customer WHERE country_code = 'PE'"
WRITES: list[tuple[Callable[[Any], Any], dict[str, int]]] = [
    (move, {"VE": 1, "PE": 1, "CO": 1}),
    (lambda record: record.archive(), {"VE": 1, "PE": 1}),
    (archive_and_restore, {"VE": 2, "PE": 1}),
    (lambda _: Sample.objects.all().audited_update(country_code="CO"), {"CO": 3}),
    (lambda _: Sample.objects.all().audited_update(city="Lima"), {"VE": 2, "PE": 1}),
    (
        lambda _: Sample.objects.audited_bulk_create([Sample(name="B", **one) for one in BULK]),
        {"VE": 3, "PE": 1, "CO": 2},
    ),
    (lambda _: run(MOVED), {"CO": 2, "PE": 1}),
    (lambda _: run(TOUCHED), {"VE": 2, "PE": 1}),
    (lambda _: run("UPDATE customers_customer SET archived_at = updated_at"), {}),
    (lambda _: run("DELETE FROM customers_customer WHERE country_code = 'VE'"), {"PE": 1}),
    (lambda _: run("DELETE FROM customers_customer"), {}),
    (
        lambda _: run(f"INSERT {SAME} ON CONFLICT (id) DO UPDATE SET country_code = 'CO'"),
        {"VE": 2, "CO": 1},
    ),
    (lambda _: run(f"INSERT {SAME} ON CONFLICT DO NOTHING"), {"VE": 2, "PE": 1}),
]


@pytest.mark.parametrize(("write", "left"), WRITES)
def test_no_write_passes_it_by(
    three: list[Any], write: Callable[[Any], Any], left: dict[str, int]
) -> None:
    with undone():
        write(three[0])
        assert counted() == left
    assert counted() == {"VE": 2, "PE": 1}


def test_a_row_that_takes_anothers_place_is_counted_once(three: list[Any]) -> None:
    if connection.vendor != "sqlite":
        return
    with undone():
        run(f"INSERT OR REPLACE {SAME}")
        assert counted() == {"VE": 2, "PE": 1}


@pytest.mark.django_db(transaction=True)
def test_emptying_the_table_empties_the_tally() -> None:
    if connection.vendor != "postgresql":
        return
    make(country="VE")
    append_only.lift()
    run(f"TRUNCATE customers_customer, {Sample.history.model._meta.db_table} CASCADE")
    assert counted() == {}


def test_it_is_found_from_any_search_path(three: list[Any]) -> None:
    if connection.vendor != "postgresql":
        return
    with undone():
        run("SET LOCAL search_path = pg_temp")
        run("UPDATE public.customers_customer SET country_code = 'CO'")
        run("SET LOCAL search_path = public")
        assert counted() == {"CO": 3}


def test_folding_changes_no_sum(three: list[Any]) -> None:
    three[0].archive()
    move(three[1])
    before = counted()
    for _ in range(2):
        tally_upkeep.fold()
        assert counted() == before == {"CO": 1, "PE": 1}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer_tally")
        assert cursor.fetchone() == (2,)


def test_the_check_after_every_test_notices_a_wrong_tally(three: list[Any]) -> None:
    with transaction.atomic():
        run("UPDATE customers_customer_tally SET count = count + 1 WHERE country_code = 'PE'")
        lacks, invents = miscounted()
        assert ("lacks" in lacks, "invents" in invents) == (True, True)
        transaction.set_rollback(True)


def reads_the_tally(queryset: Any) -> bool:
    """Return where ``queryset``'s numbers come from, after comparing them with the rows."""
    with CaptureQueriesContext(connection) as captured:
        groups, total = tallies.counts(queryset), tallies.total(queryset)
    assert sum(group["count"] for group in groups) == total == queryset.count()
    read = {"customers_customer_tally" in query["sql"] for query in captured.captured_queries}
    assert len(read) <= 1
    return True in read


def test_it_answers_for_the_live_and_for_groups_of_them(three: list[Any]) -> None:
    live = Sample.objects.live()
    assert reads_the_tally(live)
    assert reads_the_tally(live.filter(country_code="VE"))
    assert reads_the_tally(live.filter(country_code="VE", client_type="juridical").order_by("id"))
    assert counted(live.filter(country_code="VE")) == {"VE": 2}


def test_any_other_question_is_put_to_the_rows(three: list[Any], sam: Any) -> None:
    three[0].archive()
    live = Sample.objects.live()
    others = [
        *(Sample.objects.all(), live.none(), live.filter(created_by=sam), live.search("sample")),
        *(Sample.objects.filter(archived_at__isnull=False), live.exclude(country_code="VE")),
        *(live.filter(created_by__username="sam"), live.filter(country_code__gt="A")),
        *(live.filter(country_code__iexact="ve"), Sample.objects.filter(country_code="VE")),
        live | Sample.objects.filter(country_code="VE"),
    ]
    assert [reads_the_tally(other) for other in others] == [False] * len(others)


@pytest.fixture
def by_age_and_creator(three: list[Any]) -> Iterator[None]:
    """Count by columns that may be NULL, for a while."""
    declared = Sample.tallied
    for columns in (("age", "created_by"), declared):
        Sample.tallied = columns
        tally_upkeep.install(apps.get_app_config("customers"), using="default")
        if columns != declared:
            yield


def test_a_new_tally_counts_what_is_there_and_nothing_is_a_value(
    by_age_and_creator: None, sam: Any
) -> None:
    assert tallies.counts(Sample.objects.live()) == [
        {"age": None, "created_by_id": None, "count": 3}
    ]
    for age in (7, None, 7):
        make(age=age, created_by=sam)
    make(age=7).archive()
    rows = tallies.counts(Sample.objects.live())
    assert {(row["age"], row["created_by_id"]): row["count"] for row in rows} == {
        (None, None): 3,
        (7, sam.pk): 2,
        (None, sam.pk): 1,
    }
    assert tallies.counts(Sample.objects.live().filter(created_by=sam, age=None)) == [
        {"age": None, "created_by_id": sam.pk, "count": 1}
    ]
    assert miscounted() == []
