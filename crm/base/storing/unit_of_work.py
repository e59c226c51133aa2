"""One transaction around everything a request, form or command writes."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction

Result = TypeVar("Result")

# serialization_failure and deadlock_detected: PostgreSQL asks the client to repeat (chapter 13.5).
REPEATABLE = {"40001", "40P01"}
ATTEMPTS = 3
PAUSE = 0.05  # seconds before the second attempt, at most; twice that before the third


def unit_of_work(work: Callable[[], Result], *, one_save: bool = False) -> Result:
    """Run ``work`` in one transaction and return its result; all of it is stored or nothing.

    A transaction that the database broke off to resolve a deadlock is repeated, ``ATTEMPTS`` in
    all, then its ``OperationalError`` is raised. ``one_save``
    says that the work is one ``save()``, which begins a transaction by itself where it needs one.
    """
    if one_save and not transaction.get_connection().in_atomic_block:
        return _repeated(work)

    def transacted() -> Result:
        with transaction.atomic():
            return work()

    return _repeated(transacted)


def _repeated(work: Callable[[], Result]) -> Result:
    for attempt in range(1, ATTEMPTS):
        try:
            return work()
        except OperationalError as error:
            if not may_repeat(error) or transaction.get_connection().in_atomic_block:
                raise
        # The survivor has yet to wake: who is back before it takes its row and both lock up again.
        time.sleep(random.uniform(PAUSE / 2, PAUSE) * attempt)  # noqa: S311 — no secret
    return work()


def may_repeat(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in REPEATABLE
