"""The one form of a value that proofs are made of."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from crm.base.phones import Phone
from crm.base.trail.canonical import canonical

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SAME: list[tuple[Any, Any]] = [
    (Decimal("1.50"), Decimal("1.5")),
    (Decimal(100), Decimal("1E+2")),
    (Decimal("0.000"), Decimal("-0")),
    (NOON, NOON.astimezone(timezone(timedelta(hours=-4)))),
    ({"b": 1, "a": [2]}, {"a": [2], "b": 1}),
    (("a", "b"), ["a", "b"]),
    (Phone("+584123456789"), "+584123456789"),
]
DIFFERENT: list[Any] = [
    *(None, "", "-", "None", False, True, 0, 1, "1", "true", [], {}, "[]", [None]),
    *(Decimal("1.001"), Decimal("1.0001"), Decimal("0.1"), NOON, NOON + timedelta(microseconds=1)),
    *(date(2026, 1, 31), "2026-01-31", UUID(int=1), str(UUID(int=1)), {"a": None}, {"a": ""}),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=str)
def test_what_is_stored_alike_is_written_alike(one: Any, other: Any) -> None:
    assert canonical(one) == canonical(other)


def test_no_two_values_are_written_alike() -> None:
    alike = [
        pair for pair in combinations(DIFFERENT, 2) if canonical(pair[0]) == canonical(pair[1])
    ]
    assert alike == []


def test_what_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no canonical form"):
        canonical({1})
