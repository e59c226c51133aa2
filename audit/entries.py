"""Reads entries by their numbers, and tells what a seal says of each."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from audit.ranges import Range
from audit.trail import Trail
from crm.base.trail.proof import opened

AT_ONCE = 200  # ranges that one statement names
BATCH = 5000  # entries that are in memory together
TRACE = 6  # bytes


def entries_in(trail: Trail, ranges: Sequence[Range], columns: Sequence[str]) -> Iterator[Any]:
    """Yield ``columns`` of the entries whose numbers are in ``ranges``, in their order.

    The first of the columns is the number.
    """
    for start in range(0, len(ranges), AT_ONCE):
        wanted = [_between(trail.key, one) for one in ranges[start : start + AT_ONCE]]
        entries = trail.entries.filter(reduce(or_, wanted))
        rows: Sequence[Any] = entries.values_list(*columns)[:BATCH]
        while rows:
            yield from rows
            after = entries.filter(**{f"{trail.key}__gt": rows[len(rows) - 1][0]})
            rows = after.values_list(*columns)[:BATCH] if len(rows) == BATCH else ()


def _between(key: str, wanted: Range) -> Q:
    return Q(**{f"{key}__range": wanted})


def line(number: int, record: int, proof: str) -> bytes:
    """Return what a seal says of an entry: which it is, whose, and the lasting part of its proof.

    The proof speaks for the values, and an erasure leaves that part as it is.
    """
    found = opened(proof)
    return f"{number}:{record}:{found.lasting if found else proof}\n".encode()


def digest(lines: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(lines)).hexdigest()


def trace(line: bytes) -> bytes:
    """Return the few bytes by which a changed entry is told from the others of its seal."""
    return hashlib.sha256(line).digest()[:TRACE]
