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
    return WRITERS.get(type(value), _of_another_type)(value)


def _text(value: str) -> bytes:
    return b"s" + value.encode("utf-8", "surrogatepass")


def _number(value: Decimal) -> bytes:
    return f"n{value.normalize():f}".encode() if value else b"n0"


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _json(value: Any) -> bytes:
    if not value:  # as in every creation
        return b"j{}" if isinstance(value, dict) else b"j[]"
    return f"j{_encode(value)}".encode("utf-8", "surrogatepass")


def _time(value: datetime) -> bytes:
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return b"t" + moment.isoformat("T", "microseconds").encode()


def _of_another_type(value: Any) -> bytes:
    """Return the form of what is a kind of such a type: a choice is a text, a phone too."""
    for kind in _KINDS:
        if isinstance(value, kind):
            return _text(str(value)) if kind is str else WRITERS[kind](value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


WRITERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"-",
    str: _text,
    bool: lambda value: b"b1" if value else b"b0",
    int: lambda value: b"n%d" % value,
    Decimal: _number,
    datetime: _time,
    date: lambda value: b"d" + value.isoformat().encode(),
    UUID: lambda value: b"u" + value.hex.encode(),
    dict: _json,
    list: _json,
    tuple: _json,
}
_KINDS: tuple[type, ...] = (str, bool, int, Decimal, datetime, date, UUID, dict, list, tuple)
