"""Removes what has expired and sums up what has piled up; run it once a day."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuthSession, BrowserSession, KnownNetwork
from crm.base.models import Counter, IdempotencyRecord, JobRun, Notice
from crm.base.outbox.worker import backlog
from crm.base.storing import tally_upkeep
from crm.management.audited import AuditedCommand
from crm.management.commands.collect_unused_photos import collect

Expired = Callable[[datetime], QuerySet[Any]]

REPLAYS_LAST = timedelta(hours=24)
SESSIONS_STAY = timedelta(days=30)  # so that somebody can ask where they were signed in
NETWORKS_STAY = timedelta(days=180)
RUNS_STAY = timedelta(days=30)


def ended_sessions(now: datetime) -> QuerySet[AuthSession]:
    long_ago = now - SESSIONS_STAY
    return AuthSession.objects.filter(Q(expires_at__lt=long_ago) | Q(revoked_at__lt=long_ago))


EXPIRED: dict[Any, Expired] = {
    gettext_lazy("counters"): lambda now: Counter.objects.filter(expires_at__lte=time.time()),
    gettext_lazy("answers kept for a replay"): lambda now: IdempotencyRecord.objects.filter(
        created_at__lt=now - REPLAYS_LAST
    ),
    gettext_lazy("sessions of the back office"): lambda now: BrowserSession.objects.filter(
        expire_date__lt=now
    ),
    gettext_lazy("sessions of the API"): ended_sessions,
    gettext_lazy("known networks"): lambda now: KnownNetwork.objects.filter(
        seen_at__lt=now - NETWORKS_STAY
    ),
    gettext_lazy("notices"): lambda now: Notice.objects.settled_before(
        now - timedelta(days=settings.NOTICE_DAYS)
    ),
    gettext_lazy("runs of scheduled work"): lambda now: JobRun.objects.filter(
        created_at__lt=now - RUNS_STAY
    ),
}


class Command(AuditedCommand):
    help = (
        "Removes what has expired: counters, sessions, kept answers, networks, notices sent, "
        "unused photos."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        for name, expired in EXPIRED.items():
            count, _by_model = expired(now).delete()
            self.stdout.write(_("%(name)s removed: %(n)d") % {"name": name, "n": count})
        for line in collect():
            self.stdout.write(line)
        tally_upkeep.fold()
        waiting = backlog(now)
        if waiting.oldest and waiting.is_old(now):
            self.stdout.write(
                _("Notices are waiting: %(n)d, the first since %(time)s. Is a worker running?")
                % {"n": waiting.count, "time": f"{waiting.oldest:%Y-%m-%d %H:%M} UTC"}
            )
