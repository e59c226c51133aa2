"""The outbox: what is to be told to whom, and which scheduled work was done when."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Conflict
from crm.base.outbox.leases import Leased, LeasedQuerySet
from crm.base.trail import security_events


class Status(models.TextChoices):
    PENDING = "pending", pgettext_lazy("notice", "Waiting")
    SENT = "sent", pgettext_lazy("notice", "Sent")
    DROPPED = "dropped", pgettext_lazy("notice", "Not needed")
    FAILED = "failed", pgettext_lazy("notice", "Given up")


class Channel(models.TextChoices):
    EMAIL = "email", _("email")
    WHATSAPP = "whatsapp", "WhatsApp"


class NoticeQuerySet(LeasedQuerySet["Notice"]):
    def due(self, now: datetime) -> Self:
        """Keep what is to be sent by now, the longest waiting first."""
        pending = self.filter(status=Status.PENDING, next_attempt_at__lte=now)
        return pending.order_by("next_attempt_at", "id")

    def settled_before(self, moment: datetime) -> Self:
        """Keep what was written before ``moment`` and needs nobody's attention."""
        return self.filter(status__in=[Status.SENT, Status.DROPPED], created_at__lt=moment)


class Notice(Leased):
    """One thing to tell one person by one channel.

    It is written with what it tells about, in one transaction. ``payload`` holds ids and plain
    values; the words are found at delivery, when the reader's language and rights are known.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("recipient"),
        related_name="+",
        db_index=False,  # the constraint below begins with it
    )
    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    key = models.CharField(_("key"), max_length=200)
    payload = models.JSONField(_("content"), default=dict)
    message_id = models.CharField(_("message"), max_length=200, unique=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PENDING
    )
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("reason"), max_length=200, default="")
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    objects: ClassVar[Any] = NoticeQuerySet.as_manager()

    class Meta:
        app_label = "base"
        ordering = ["-id"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "channel", "key"], name="notice_once"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="notice_status"),
            models.CheckConstraint(
                condition=Q(status=Status.SENT, sent_at__isnull=False)
                | (~Q(status=Status.SENT) & Q(sent_at=None)),
                name="notice_sent_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(status="pending"),
                name="notice_due",
            ),
            models.Index(fields=["status", "id"], name="notice_by_status"),
            models.Index(fields=["kind", "id"], name="notice_by_kind"),
        ]

    def __str__(self) -> str:
        return gettext("Notice %(id)s") % {"id": self.pk}

    def deliver(self, now: datetime) -> None:
        self.settle(status=Status.SENT, sent_at=now, error="")

    def drop(self, reason: str) -> None:
        self.settle(status=Status.DROPPED, error=reason)

    def put_off(self, reason: str, until: datetime) -> None:
        self.settle(next_attempt_at=until, error=reason[:200])

    def give_up(self, reason: str) -> None:
        self.settle(status=Status.FAILED, error=reason[:200])

    def try_again(self) -> None:
        """Send it after all, with as many attempts as at first; raises ``Conflict``."""
        if self.status != Status.FAILED:
            raise Conflict(_("Only what was given up is tried again."), code="not_failed")
        with transaction.atomic():
            self.settle(status=Status.PENDING, attempts=0, next_attempt_at=timezone.now())
            name = self.recipient.get_username()
            security_events.note("notice_retried", of=name, what=self.kind, notice=self.pk)


class JobRun(Leased):
    """That the job ``name`` is to run once for ``slot``: an hour, a morning in some time zone."""

    name = models.CharField(max_length=60)
    slot = models.CharField(max_length=100)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar[Any] = LeasedQuerySet["JobRun"].as_manager()

    class Meta:
        app_label = "base"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="job_run_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.slot}"

    def finish(self, now: datetime) -> None:
        self.settle(done_at=now, error="")

    def put_off(self, reason: str, until: datetime) -> None:
        self.settle(locked_until=until, error=reason[:200])


# How long a worker may take; then it counts as dead. A mail takes seconds, housekeeping minutes.
NOTICE_LEASE = timedelta(minutes=5)
JOB_LEASE = timedelta(minutes=30)
