"""Keyset pages: whatever happens between two of them, nobody is lost and nobody comes twice."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from crm.base.api.pagination import MAX_PAGE_SIZE, Cursor, Page, after, page_size
from crm.base.api.refusals import BadRequest
from crm.base.tests.sample import Sample, make

PATH = "/api/v1/customers"
NOW = timezone.now()
ORDERINGS = [
    *(["id"], ["-id"], ["name", "id"], ["-name", "-id"]),
    *(["created_at", "id"], ["-created_at", "-id"], ["-updated_at", "-id"]),
    *(["client_type", "name", "id"], ["-client_type", "-name", "-id"]),
]
NAMES = ["Ana", "ana", "Ána", "Berta", "Berta", "Berta", "Ñandú", "_", "%", "Zoe", "émile", "ß"]

Between = Callable[[int], None]


@pytest.fixture
def rows(db: None) -> list[Any]:
    """Rows with ties: several of one name, several of one moment."""
    wanted = [
        Sample(name=name, created_at=NOW - timedelta(seconds=index // 4))
        for index, name in enumerate(NAMES)
    ]
    return list(Sample.objects.audited_bulk_create(wanted))


def page(query: str, ordering: list[str], size: int = 3) -> dict[str, Any]:
    parameters = QueryDict(query, mutable=True)
    parameters.setdefault("page_size", str(size))
    columns = {"id", *(name.lstrip("-") for name in ordering)}
    live = Sample.objects.live()
    return Page(live, ordering, parameters).answer(PATH, lambda found: found.values(*columns))


def nothing(pages: int) -> None:
    """What mostly happens between two pages."""


def walk(ordering: list[str], way: str = "next", between: Between = nothing) -> list[int]:
    """Return the ids of all pages, in the order they are read; ``between`` runs after each."""
    answer, found, pages = page("", ordering), [], 0
    if way == "previous":
        answer = last_page(answer, ordering)
    while True:
        ids = [row["id"] for row in answer["results"]]
        found += ids if way == "next" else ids[::-1]
        pages += 1
        assert pages < 50, "the pages never end"
        between(pages)
        if not answer[way]:
            return found
        answer = page(answer[way].partition("?")[2], ordering)


def last_page(answer: dict[str, Any], ordering: list[str]) -> dict[str, Any]:
    while answer["next"]:
        answer = page(answer["next"].partition("?")[2], ordering)
    return answer


def in_order(ordering: list[str]) -> list[int]:
    return list(Sample.objects.live().order_by(*ordering).values_list("id", flat=True))


@pytest.mark.parametrize("ordering", ORDERINGS, ids=" ".join)
def test_all_pages_are_the_whole_list_forwards(rows: list[Any], ordering: list[str]) -> None:
    assert walk(ordering) == in_order(ordering)


@pytest.mark.parametrize("ordering", ORDERINGS, ids=" ".join)
def test_all_pages_are_the_whole_list_backwards(rows: list[Any], ordering: list[str]) -> None:
    assert walk(ordering, "previous") == in_order(ordering)[::-1]


@pytest.mark.parametrize("way", ["next", "previous"])
@pytest.mark.parametrize("ordering", ORDERINGS, ids=" ".join)
def test_rows_that_come_and_go_move_nobody_else(
    rows: list[Any], ordering: list[str], way: str
) -> None:
    stay, go = rows[::2], rows[1::2]

    def come_and_go(pages: int) -> None:
        make(name=NAMES[pages % len(NAMES)])
        if go:
            go.pop().archive()

    found = walk(ordering, way, come_and_go)
    assert len(set(found)) == len(found), "somebody came twice"
    expected = [pk for pk in in_order(ordering) if pk in {row.pk for row in stay}]
    if way == "previous":
        expected.reverse()
    assert [pk for pk in found if pk in set(expected)] == expected, "somebody was lost"


def test_the_row_a_cursor_points_at_may_vanish(rows: list[Any]) -> None:
    first = page("", ["id"])
    Sample.objects.get(pk=first["results"][-1]["id"]).archive()
    second = page(first["next"].partition("?")[2], ["id"])
    assert [row["id"] for row in second["results"]] == [row.pk for row in rows[3:6]]


def test_the_first_and_last_pages_lead_nowhere_further(rows: list[Any]) -> None:
    first = page("", ["id"])
    last = last_page(first, ["id"])
    assert first["previous"] is None
    assert last["next"] is None
    whole = page("", ["id"], size=len(NAMES))
    assert (whole["next"], whole["previous"]) == (None, None)


def test_back_and_forth_is_where_one_was(rows: list[Any]) -> None:
    first = page("", ["id"])
    second = page(first["next"].partition("?")[2], ["id"])
    back = page(second["previous"].partition("?")[2], ["id"])
    assert back["results"] == first["results"]
    assert page(back["next"].partition("?")[2], ["id"])["results"] == second["results"]


@pytest.mark.parametrize("ordering", [["name", "id"], ["-name", "-id"]], ids=" ".join)
def test_a_page_starts_in_the_index_where_the_last_one_ended(
    rows: list[Any], ordering: list[str]
) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which would rather read so few rows than an index
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = after(Sample.objects.all(), ordering, Cursor(("Berta", 4))).order_by(*ordering).explain()
    assert re.search(r"Index Cond: \(ROW.+ [<>] ROW|SEARCH .+ customer_by_name \(name[<>]", plan)
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_an_empty_list_is_one_page(db: None) -> None:
    assert page("", ["id"]) == {"next": None, "previous": None, "results": []}


def test_a_link_keeps_the_rest_of_the_query(rows: list[Any]) -> None:
    following = page("page_size=2&count=true&search=a%26b", ["id"])["next"]
    query = QueryDict(following.partition("?")[2])
    kept = {name: value for name, value in query.items() if name != "cursor"}
    assert kept == {"page_size": "2", "count": "true", "search": "a&b"}
    assert following.startswith(f"{PATH}?")


def test_a_link_starts_at_the_public_address(rows: list[Any], settings: Any) -> None:
    settings.BASE_URL = "https://crm.example.org"
    assert page("", ["id"])["next"].startswith(f"https://crm.example.org{PATH}?")


def test_all_are_counted_only_when_asked(rows: list[Any]) -> None:
    assert "count" not in page("", ["id"])
    assert "count" not in page("count=false", ["id"])
    assert page("count=true", ["id"])["count"] == len(NAMES)


@pytest.mark.parametrize("text", ["0", "-1", "201", "1e2", "", "٣", "x", "9" * 200, "1.0", " 5"])
def test_a_page_has_a_size_within_reason(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        page_size(QueryDict(urlencode({"page_size": text})))
    assert caught.value.field == "page_size"


def test_the_size_is_what_was_asked_for() -> None:
    assert page_size(QueryDict("")) == 50
    assert page_size(QueryDict("page_size=1")) == 1
    assert page_size(QueryDict(f"page_size={MAX_PAGE_SIZE}")) == MAX_PAGE_SIZE


@given(st.tuples(st.integers(-(2**63), 2**63), st.text(st.characters(codec="utf-8"))))
def test_a_cursor_survives_its_journey(values: tuple[Any, ...]) -> None:
    if "\0" in values[1]:
        return
    for backwards in (False, True):
        cursor = Cursor(values, backwards)
        assert Cursor.decode(cursor.encode(), 2) == cursor
        assert cursor.encode().replace("-", "").replace("_", "").isalnum()


@given(st.text())
def test_a_cursor_of_somebody_else_is_refused(text: str) -> None:
    try:
        assert len(Cursor.decode(text, 1).values) == 1
    except BadRequest as error:
        assert error.field == "cursor"


@pytest.mark.parametrize("ordering", ORDERINGS, ids=" ".join)
def test_a_cursor_of_another_ordering_is_refused(rows: list[Any], ordering: list[str]) -> None:
    of_names = Cursor(("Ana", "Berta", 3, 4)).encode()
    with pytest.raises(BadRequest):
        page(f"cursor={of_names}", ordering)
