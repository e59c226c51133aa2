"""Checks entries against their proofs, and against the seals that cover them."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, repeat
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from audit import ranges
from audit.chain import is_ours, stored
from audit.entries import TRACE, digest, entries_in, line, trace
from audit.faults import Fault
from audit.models import Seal
from audit.quick import Quick
from audit.shapes import shapes
from audit.trail import Trail
from crm.base.trail.proof import erased_from, holds, opened, same
from crm.base.trail.shapes import Shape, shape_of

EMPTY: tuple[Any, ...] = (None, "", [], {})
Row = dict[str, Any]


class Checked(NamedTuple):
    """What is left of an entry that was read: ``wrong`` says what is wrong with it by itself."""

    number: int
    record: int
    proof: str
    wrong: str


@cache
def columns(trail: Trail) -> list[str]:
    names = [field.attname for field in trail.model._meta.concrete_fields]
    return [trail.key, *(name for name in names if name != trail.key)]


def checked(trail: Trail, wanted: Sequence[ranges.Range]) -> Iterator[Checked]:
    """Yield the entries with these numbers, each compared with its proof."""
    covered = shape_of(trail.model)
    names, quick = (trail.key, "proof", *covered.names), Quick(covered)
    record = names.index(trail.record)
    for row in entries_in(trail, wanted, names):
        sound = quick.holds(row[1], row[2:])
        wrong = "" if sound else unproven(trail, dict(zip(names, row, strict=True)))
        yield Checked(row[0], row[record], row[1], wrong)


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


def faults_under(trail: Trail, first: int, last: int) -> Iterator[Fault]:
    """Yield what became of the entries that the trail's seals from ``first`` to ``last`` cover.

    A seal that is not ours covers nothing: its entries are checked with those outside.
    """
    between = Seal.objects.filter(table=trail.table, number__range=(first, last))
    seals = list(filter(is_ours, between.order_by("number")))
    wanted = ranges.merged(part for one in seals for part in ranges.read(one.ranges))
    entries = {entry.number: entry for entry in checked(trail, wanted)}
    for one in seals:
        yield from _changed(trail, one, entries)


def _changed(trail: Trail, one: Seal, entries: dict[int, Checked]) -> Iterator[Fault]:
    """Yield which entries of a seal were changed, are gone, or were exchanged."""
    lines, found = [], 0
    numbers = ranges.numbers(ranges.read(one.ranges))
    for number, told in zip(numbers, chain(_traces(one), repeat(b"")), strict=False):
        entry = entries.get(number)
        if entry is None:
            wrong = _("it was deleted: seal %(number)d covers it") % {"number": one.number}
        else:
            lines.append(line(number, entry.record, entry.proof))
            exchanged = trace(lines[-1]) != told
            wrong = entry.wrong or (_exchanged() if exchanged else "")
        if wrong:
            found += 1
            yield Fault(wrong, trail.table, entry.record if entry else None, number)
    if not found and not same(digest(lines), one.digest):
        text = _("the entries are not those that seal %(number)d covers")
        yield Fault(text % {"number": one.number}, trail.table)


def _exchanged() -> str:
    return _("it is not the entry that was sealed under this number")


def _traces(one: Seal) -> Iterator[bytes]:
    traces = bytes(one.traces)
    return (traces[start : start + TRACE] for start in range(0, len(traces), TRACE))


def faults_outside(trail: Trail, last: int) -> Iterator[Fault]:
    """Yield what is wrong with the entries that no seal up to ``last`` covers: new, and late."""
    ours = filter(is_ours, stored(Seal.objects.filter(table=trail.table, number__lte=last)))
    sealed = ranges.merged(part for one in ours for part in ranges.read(one.ranges))
    for entry in checked(trail, list(ranges.outside(sealed))):
        if entry.wrong:
            yield Fault(entry.wrong, trail.table, entry.record, entry.number)
