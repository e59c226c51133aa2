"""What a verification consists of: parts that need not know of each other, in their order."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import DataError
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from audit import chain, checking, drift
from audit.faults import Fault
from audit.models import Seal
from audit.ranges import LARGEST, SMALLEST, Range
from audit.trail import Trail, trails

Part = Callable[[], Iterator[Fault]]
AT_ONCE = 10_000  # entries that a part is about, unless a single seal covers more
MOST = 1000  # faults of a part that are told: they travel, and memory is limited
ALL = SMALLEST, LARGEST
# What reading a value raises that Django would not have written.
UNREADABLE = (ValueError, TypeError, ArithmeticError, DataError)


def parts(anchors: Path | None) -> Iterator[Part]:
    """Yield the parts; each can be pickled, and reads a few thousand rows at a time."""
    yield partial(_readable, chain.broken_links, Seal._meta.label, "number", ALL)
    if anchors:
        yield partial(chain.unanchored, anchors)
    for trail in trails():
        yield from _of_proofs(trail)
        for part in drift.parts(trail):
            yield _checked(part, trail, ALL)


def _of_proofs(trail: Trail) -> Iterator[Part]:
    last = 0
    for first, last, wanted in _groups(trail):
        yield _checked(partial(checking.faults_under, trail, first, last), trail, wanted)
    yield _checked(partial(checking.faults_outside, trail, last), trail, ALL)


def _checked(find: Part, trail: Trail, wanted: Range) -> Part:
    return partial(_readable, find, trail.model._meta.label, trail.key, wanted)


def _groups(trail: Trail) -> Iterator[tuple[int, int, Range]]:
    """Yield the first and last numbers of seals that follow each other, and of their entries.

    Seals are made each minute and may be tiny: many are looked at together.
    """
    group: list[Seal] = []
    for one in chain.stored(Seal.objects.filter(table=trail.table)):
        if group and sum(each.count for each in group) + one.count > AT_ONCE:
            yield _group(group)
            group = []
        group.append(one)
    if group:
        yield _group(group)


def _group(seals: list[Seal]) -> tuple[int, int, Range]:
    entries = min(one.first_id for one in seals), max(one.last_id for one in seals)
    return seals[0].number, seals[-1].number, entries


def found_in(part: Part) -> list[Fault]:
    return list(islice(part(), MOST))


def _readable(find: Part, label: str, key: str, wanted: Range) -> Iterator[Fault]:
    """Yield what ``find`` does; where a value is none that can be read, name its row and end."""
    try:
        yield from find()
    except UNREADABLE as error:
        text = _("it cannot be read, so what comes after it was not verified: %(error)s")
        model = apps.get_model(label)
        entry = _first_unreadable(model, key, wanted)
        yield Fault(text % {"error": error}, model._meta.db_table, entry=entry)


def _first_unreadable(model: Any, key: str, wanted: Range) -> int | None:
    """Return the number of the first row in the range that cannot be read; None when all can."""
    rows = model._base_manager.filter(**{f"{key}__range": wanted}).order_by(key)
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
