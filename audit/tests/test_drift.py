"""How records are compared with their history, whatever the database knows of the tables."""

from typing import Any

import pytest
from django.db import connection

from audit import drift
from audit.tests.make import PAST, make
from audit.trail import trail_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has nested loops only"),
]


@pytest.fixture
def plans() -> Any:
    """The plans of the SELECTs of a block, as a list that it fills."""
    found: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith("SELECT live.id"):
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                found.append("\n".join(line for [line] in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def test_a_table_without_statistics_is_not_joined_row_by_row(plans: list[str]) -> None:
    for number in range(20):
        make(name=f"Ana {number}")
    assert [fault for part in drift.parts(trail_of(PAST)) for fault in part()] == []
    assert plans
    assert not [plan for plan in plans if "Nested Loop" in plan]


def test_each_batch_reads_its_own_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those of all records before it, which an anti join without bounds would read, too."""
    for part in (drift.DIFFERENT, drift.GONE, drift.UNORDERED):
        assert part.count("BETWEEN %(low)s AND %(high)s") == part.count("FROM {") + part.count(
            "JOIN {"
        )
