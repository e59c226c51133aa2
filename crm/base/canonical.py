"""One form of a value, the same before it is stored and when either database gives it back."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical(value: Any) -> bytes:
    """Return ``value`` as bytes that no other value has: null is not "" and 1 is not "1".

    Times are in UTC with microseconds, amounts without the zeros at their end, JSON with sorted
    keys. Raises ``TypeError`` for what no column of ours holds.
    """
    if type(value) is str:  # as most are
        return f"s{value}".encode("utf-8", "surrogatepass")
    write = _WRITERS.get(type(value)) or _writer(value)
    return write(value).encode("utf-8", "surrogatepass")


def _number(value: Decimal) -> str:
    return f"n{value.normalize():f}" if value else "n0"


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _json(value: Any) -> str:
    if not value:  # as in every creation
        return "j{}" if isinstance(value, dict) else "j[]"
    return f"j{_encode(value)}"


def _time(value: datetime) -> str:
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return "t" + moment.isoformat("T", "microseconds")


_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "-",
    str: "s".__add__,
    bool: lambda value: "b1" if value else "b0",
    int: lambda value: f"n{value}",
    Decimal: _number,
    datetime: _time,
    date: lambda value: f"d{value.isoformat()}",
    UUID: lambda value: f"u{value.hex}",
    dict: _json,
    list: _json,
    tuple: _json,
}
# What a value may be a kind of: a choice is a text, a phone too.
_KINDS: tuple[type, ...] = (str, bool, int, Decimal, datetime, date, UUID, dict, list, tuple)


def _writer(value: Any) -> Callable[[Any], str]:
    for kind in _KINDS:
        if isinstance(value, kind):
            write = _WRITERS[kind]
            return (lambda one: f"s{one!s}") if kind is str else write
    raise TypeError(f"{type(value).__name__} has no canonical form")
