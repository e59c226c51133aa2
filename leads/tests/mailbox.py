"""What people are told, for tests: waiting in the outbox, or in their mailboxes."""

from datetime import datetime
from typing import Any

from django.core import mail
from django.utils import timezone

from crm.base.outbox.delivery import deliver_next
from crm.base.outbox.tables import Notice, Status


def waiting() -> list[tuple[str, str]]:
    """Return who is to be told what kind of thing, sorted."""
    return sorted(Notice.objects.values_list("recipient__username", "kind"))


def delivered(now: datetime | None = None) -> list[Any]:
    """Deliver what is due and return the mails."""
    mail.outbox.clear()
    while deliver_next(now or timezone.now()):
        pass
    assert not Notice.objects.exclude(status__in=[Status.SENT, Status.DROPPED, Status.PENDING])
    return mail.outbox


def reasons() -> list[str]:
    """Return why notices were not sent."""
    dropped = Notice.objects.filter(status=Status.DROPPED)
    return list(dropped.order_by("pk").values_list("error", flat=True))
