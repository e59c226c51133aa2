"""Verifies the audit trail: from the triggers to the last value."""

import multiprocessing
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from django.db import connections
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.faults import Fault
from audit.parts import Part, found_in, parts
from audit.trail import trails
from crm.base.trail import append_only

FEW = 20_000  # entries that one process has verified before others are at work
MOST = 4  # processes, unless more are asked for: each takes its memory
AHEAD = 4  # parts that a process may be ahead of the first whose answer is awaited


def faults(anchors: Path | None = None, processes: int = 1) -> Generator[Fault]:
    """Yield all that is wrong, the worst first; ``anchors`` is a file of them kept elsewhere.

    It reads a few thousand entries at a time, and may run while others write. The answer does not
    depend on how many ``processes`` work at it; several see only what is committed.
    """
    for table in append_only.missing():
        yield Fault(_("the triggers that refuse changes are missing"), table)
    if processes == 1:
        for part in parts(anchors):
            yield from found_in(part)
    else:
        yield from _side_by_side(parts(anchors), processes)


def fitting() -> int:
    """Return how many processes are worth their start: as many as cores, one for a small trail."""
    newest = (trail.entries.aggregate(last=Max(trail.key))["last"] or 0 for trail in trails())
    return min(os.cpu_count() or 1, MOST) if sum(newest) > FEW else 1


def _side_by_side(todo: Iterable[Part], processes: int) -> Iterator[Fault]:
    """Yield what the parts find, in their order; a few of them are waited for at any time."""
    connections.close_all()  # a connection that two processes share serves neither
    forks = multiprocessing.get_context("fork")  # which know the models, the keys, the language
    pool = ProcessPoolExecutor(processes, forks)
    waiting: deque[Future[list[Fault]]] = deque()
    try:
        for part in todo:
            waiting.append(pool.submit(found_in, part))
            if len(waiting) > processes * AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
