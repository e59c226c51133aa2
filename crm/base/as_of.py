"""Which moment the data is read as of: ``crm.base.past.travel`` goes there, whoever reads asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.utils import timezone

_journey: ContextVar[Any] = ContextVar("crm_journey", default=None)


def journey() -> Any:
    """Return the ``Journey`` under way; None in the present."""
    return _journey.get()


def now() -> datetime:
    """Return the moment that questions about what is overdue, or about today, are about."""
    there = _journey.get()
    return there.moment if there else timezone.now()


@contextmanager
def under_way(there: Any) -> Iterator[None]:
    token = _journey.set(there)
    try:
        yield
    finally:
        _journey.reset(token)
