"""Verifies the audit trail: from the triggers to the last value."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from audit import chain, checking, drift, ranges
from audit.faults import Fault
from audit.models import Seal
from audit.trail import Trail, trails
from crm.base import append_only


def faults(anchors: Path | None = None) -> Iterator[Fault]:
    """Yield all that is wrong, the worst first; ``anchors`` is a file of them kept elsewhere.

    It reads a few thousand entries at a time, and may run while others write.
    """
    for table in append_only.missing():
        yield Fault(_("the triggers that refuse changes are missing"), table)
    yield from chain.broken_links()
    if anchors:
        yield from chain.unanchored(anchors)
    for trail in trails():
        yield from _faults_in(trail)


def _faults_in(trail: Trail) -> Iterator[Fault]:
    seals = Seal.objects.filter(table=trail.table).order_by("number")
    sealed: list[ranges.Range] = []
    for number in list(seals.values_list("number", flat=True)):
        one = seals.get(number=number)
        if chain.is_ours(one):
            yield from checking.faults_under(trail, one)
            sealed = ranges.merged([*sealed, *ranges.read(one.ranges)])
    yield from checking.faults_outside(trail, sealed)
    yield from drift.faults(trail)
