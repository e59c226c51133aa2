"""How many records there were at a moment, where that can be told in little time."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from crm.base.storing import tallies
from crm.base.trail.history import history_model

# To tell what became of so many takes two milliseconds.
MOST_CHANGED = 200
MOST_COUNTED = 5000


def count_then(
    then: QuerySet[Any],
    today: QuerySet[Any],
    moment: datetime,
    in_the_present: Callable[[], AbstractContextManager[None]],
) -> int | None:
    """Return how many rows ``then`` has, and ``today`` by the same conditions; None for too many.

    What the tallies know of today is that of then but for what was written since.
    """
    with in_the_present():
        total = tallies.known(today)
        changed = None if total is None else _changed_since(then.model, moment)
        gone = today.filter(pk__in=changed or ()).order_by().count()
    if total is not None and changed is not None:
        return total - gone + then.filter(pk__in=changed).order_by().count()
    if total is not None and total > MOST_COUNTED:
        return None
    counted = then.order_by()[: MOST_COUNTED + 1].count()
    return counted if counted <= MOST_COUNTED else None


def _changed_since(model: Any, moment: datetime) -> list[int] | None:
    entries = history_model(model).objects.filter(history_date__gt=moment).order_by("-history_date")
    found = list(entries.values_list("id", flat=True)[: MOST_CHANGED + 1])
    return None if len(found) > MOST_CHANGED else sorted({*found})
