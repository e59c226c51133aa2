"""What ``manage.py worker`` does until it is told to stop."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.db.models import Count, Min
from django.utils import timezone

from crm.base.outbox import jobs
from crm.base.outbox.delivery import deliver_next
from crm.base.outbox.tables import Notice

logger = logging.getLogger("crm.outbox")
BETWEEN_JOBS = 100  # notices; a long queue keeps no digest waiting
TOO_OLD = timedelta(minutes=15)


def work(stop: Event, seconds: float) -> None:
    """Run jobs and send notices until ``stop``, looking for more every so many seconds.

    A database that is away is waited for; what was under way comes free when its lease ends.
    """
    complained = timezone.now() - TOO_OLD
    while not stop.is_set():
        try:
            close_old_connections()
            drain(stop)
            complained = complain(timezone.now(), complained)
        except (OperationalError, InterfaceError) as error:
            logger.error("database", extra={"reason": type(error).__name__})
            connections.close_all()
        stop.wait(seconds)


def drain(stop: Event) -> None:
    """Do all that is due."""
    sent = BETWEEN_JOBS
    while sent == BETWEEN_JOBS:
        jobs.run_due(timezone.now())
        sent = _send(BETWEEN_JOBS, stop)


def _send(most: int, stop: Event) -> int:
    """Send notices until none is due or it shall stop; return how many were dealt with."""
    sent = 0
    while sent < most and not stop.is_set() and deliver_next(timezone.now()):
        sent += 1
    return sent


@dataclass(frozen=True)
class Backlog:
    count: int
    oldest: datetime | None

    def is_old(self, now: datetime) -> bool:
        return self.oldest is not None and self.oldest < now - TOO_OLD


def backlog(now: datetime) -> Backlog:
    """Return how many notices are due, and since when the first of them."""
    due = Notice.objects.due(now).order_by()
    return Backlog(**due.aggregate(count=Count("pk"), oldest=Min("next_attempt_at")))


def complain(now: datetime, last: datetime) -> datetime:
    """Log, not too often, that notices wait too long; return when that was said last."""
    if now - last < TOO_OLD:
        return last
    waiting = backlog(now)
    if waiting.is_old(now):
        seen = {"count": waiting.count, "oldest": waiting.oldest}
        logger.warning("notices are waiting", extra=seen)
    return now
