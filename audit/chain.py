"""Checks the chain of seals, and that the anchors tell the same."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import anchors
from audit.faults import Fault
from audit.models import Seal
from audit.sealing import mac_of
from crm.base.trail.proof import same

BATCH = 1000


def broken_links() -> Iterator[Fault]:
    """Yield what is wrong with the seals themselves: each one's MAC, and that each follows."""
    number, previous = 0, ""
    for one in stored(Seal.objects.all()):
        if one.number != number + 1:
            yield _fault(_("seal %(number)d is missing"), number + 1)
        elif one.previous != previous:
            yield _fault(_("seal %(number)d does not follow the one before"), one.number)
        if not is_ours(one):
            yield _fault(_("seal %(number)d was changed, or made without our key"), one.number)
        number, previous = one.number, one.mac


def stored(seals: QuerySet[Seal]) -> Iterator[Seal]:
    """Yield ``seals`` in their order, without their traces, a batch of them in memory."""
    ordered = seals.order_by("number").defer("traces")
    batch = list(ordered[:BATCH])
    while batch:
        yield from batch
        batch = list(ordered.filter(number__gt=batch[-1].number)[:BATCH])


def is_ours(one: Seal) -> bool:
    try:
        return same(mac_of(one), one.mac)
    except (KeyError, TypeError, AttributeError):  # the latter: of a kind that we do not write
        return False


def unanchored(path: Path) -> Iterator[Fault]:
    """Yield the anchors in the file ``path`` that tell of other seals than ours.

    Raises ``OSError`` when it cannot be read.
    """
    lines = anchors.read(path)
    while batch := list(islice(lines, BATCH)):
        stored = Seal.objects.only("mac").in_bulk([one["number"] for one in batch])
        for one in batch:
            found = stored.get(one["number"])
            if found is None:
                yield _fault(
                    _(
                        "seal %(number)d is anchored and gone: the end was cut off, or an older"
                        " database was restored"
                    ),
                    one["number"],
                )
            elif found.mac != one["mac"]:
                yield _fault(_("seal %(number)d is not the one that was anchored"), one["number"])


def _fault(text: str, number: int) -> Fault:
    return Fault(text % {"number": number})
