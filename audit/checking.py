"""Checks entries against their proofs, and against the seals that cover them."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from audit import ranges
from audit.entries import TRACE, digest, entries_in, line, trace
from audit.faults import Fault
from audit.models import Seal
from audit.shapes import shapes
from audit.trail import Trail
from crm.base.proof import erased_from, holds, opened, same
from crm.base.shapes import Shape

EMPTY: tuple[Any, ...] = (None, "", [], {})
Row = dict[str, Any]


@cache
def columns(trail: Trail) -> list[str]:
    names = [field.attname for field in trail.model._meta.concrete_fields]
    return [trail.key, *(name for name in names if name != trail.key)]


def rows_in(trail: Trail, wanted: Sequence[ranges.Range]) -> Iterator[Row]:
    names = columns(trail)
    return (dict(zip(names, row, strict=True)) for row in entries_in(trail, wanted, names))


def unproven(trail: Trail, row: Row) -> str:
    """Return what is wrong with an entry by itself; "" when its proof is of its values."""
    found = opened(row["proof"])
    covered = shape_named(trail, found.shape) if found else None
    if found is None or covered is None:
        return _("it has no proof of ours")
    if lost := [name for name in covered.names if name not in row]:
        return _("the column %(name)s is gone, without which nothing proves it") % {"name": lost[0]}
    if not holds(row["proof"], covered, row):
        return _("a value was changed, or it was written without our key")
    if "~" in found.secret:
        for name in erased_from(row["proof"], covered):
            if row[name] not in EMPTY:
                return _("%(name)s was erased and has a value again") % {"name": name}
    return ""


def shape_named(trail: Trail, digest: str) -> Shape | None:
    found = shapes().get(digest)
    return found if found and found.table == trail.table else None


def faults_under(trail: Trail, one: Seal) -> Iterator[Fault]:
    """Yield what became of the entries that a seal covers: changed, gone, or exchanged."""
    wanted = ranges.read(one.ranges)
    expected = zip(ranges.numbers(wanted), _traces(one), strict=False)
    lines, found = [], 0
    for row in rows_in(trail, wanted):
        number = row[trail.key]
        while (place := next(expected, (number, b"")))[0] < number:
            found += 1
            yield _gone(trail, place[0], one)
        lines.append(line(number, row[trail.record], row["proof"]))
        wrong = unproven(trail, row)
        if not wrong and trace(lines[-1]) != place[1]:
            wrong = _("it is not the entry that was sealed under this number")
        if wrong:
            found += 1
            yield Fault(wrong, trail.table, row[trail.record], number)
    for number, _trace in expected:
        found += 1
        yield _gone(trail, number, one)
    if not found and not same(digest(lines), one.digest):
        text = _("the entries are not those that seal %(number)d covers")
        yield Fault(text % {"number": one.number}, trail.table)


def _traces(one: Seal) -> Iterator[bytes]:
    traces = bytes(one.traces)
    return (traces[start : start + TRACE] for start in range(0, len(traces), TRACE))


def _gone(trail: Trail, number: int, one: Seal) -> Fault:
    text = _("it was deleted: seal %(number)d covers it")
    return Fault(text % {"number": one.number}, trail.table, entry=number)


def faults_outside(trail: Trail, sealed: list[ranges.Range]) -> Iterator[Fault]:
    """Yield what is wrong with the entries outside what is ``sealed``: new ones, and late ones."""
    last = sealed[-1][1] if sealed else 0
    first = sealed[0][0] if sealed else 1
    between = [(1, first - 1), *ranges.gaps(sealed), (last + 1, ranges.LARGEST)]
    for row in rows_in(trail, between):
        if wrong := unproven(trail, row):
            yield Fault(wrong, trail.table, row[trail.record], row[trail.key])
