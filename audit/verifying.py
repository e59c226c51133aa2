"""Verifies the audit trail: from the triggers to the last value."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import DataError
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from audit import chain, checking, drift, ranges
from audit.faults import Fault
from audit.models import Seal
from audit.trail import Trail, trails
from crm.base import append_only

# What reading a value raises that Django would not have written.
UNREADABLE = (ValueError, TypeError, ArithmeticError, DataError)


def faults(anchors: Path | None = None) -> Iterator[Fault]:
    """Yield all that is wrong, the worst first; ``anchors`` is a file of them kept elsewhere.

    It reads a few thousand entries at a time, and may run while others write.
    """
    for table in append_only.missing():
        yield Fault(_("the triggers that refuse changes are missing"), table)
    yield from _readable(Seal, "number", chain.broken_links())
    if anchors:
        yield from chain.unanchored(anchors)
    for trail in trails():
        yield from _readable(trail.model, trail.key, _unproven(trail))
        yield from _readable(trail.model, trail.key, drift.faults(trail))


def _readable(model: Any, key: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """Yield ``faults``; where a value is none that can be read, name its row and end there."""
    try:
        yield from faults
    except UNREADABLE as error:
        text = _("it cannot be read, so the table was not verified further: %(error)s") % {
            "error": error
        }
        yield Fault(text, model._meta.db_table, entry=_first_unreadable(model, key))


def _first_unreadable(model: Any, key: str) -> int | None:
    """Return the number of the first row that cannot be read; None when all can."""
    rows = model._base_manager.order_by(key)
    ends = rows.aggregate(low=Min(key), high=Max(key))
    low, high = ends["low"], ends["high"]
    if not rows.exists() or _can_be_read(rows):
        return None
    while low < high:
        middle = (low + high) // 2
        if _can_be_read(rows.filter(**{f"{key}__range": (low, middle)})):
            low = middle + 1
        else:
            high = middle
    return int(low)


def _can_be_read(rows: Any) -> bool:
    try:
        for _row in rows.values_list().iterator():
            pass
    except UNREADABLE:
        return False
    return True


def _unproven(trail: Trail) -> Iterator[Fault]:
    seals = Seal.objects.filter(table=trail.table).order_by("number")
    sealed: list[ranges.Range] = []
    for number in list(seals.values_list("number", flat=True)):
        one = seals.get(number=number)
        if chain.is_ours(one):
            yield from checking.faults_under(trail, one)
            sealed = ranges.merged([*sealed, *ranges.read(one.ranges)])
    yield from checking.faults_outside(trail, sealed)
