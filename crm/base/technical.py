"""Technical tables: not business records, so without history."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.base.trail.event_kinds import title
from crm.base.trail.proof import prove
from crm.base.trail.shapes import shape_of


class Counter(models.Model):
    """A number that counts exactly across processes until it expires."""

    key = models.CharField(primary_key=True, max_length=200)
    value = models.BigIntegerField()
    expires_at = models.BigIntegerField(db_index=True)  # seconds since 1970

    class Meta:
        app_label = "base"

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class IdempotencyRecord(models.Model):
    """The answer already given to a POST that carried an ``Idempotency-Key``."""

    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        app_label = "base"
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class SecurityEvent(models.Model):
    """Something an auditor asks about that changes no record: a login, a refused access."""

    append_only = True
    erasable = ("address", "details")

    kind = models.CharField(_("event"), max_length=40)
    actor_name = models.CharField(_("by"), max_length=150)
    actor_role = models.CharField(_("role"), max_length=20, default="", db_default="")
    user_id = models.BigIntegerField(_("user"), null=True)
    address = models.CharField(_("address"), max_length=45)
    source = models.CharField(_("source"), max_length=10)
    request_id = models.CharField(_("request"), max_length=64)
    details = models.JSONField(_("details"), default=dict)
    occurred_at = models.DateTimeField(_("when"), default=timezone.now)
    proof = models.TextField(_("proof"), blank=True, default="", db_default="")

    class Meta:
        app_label = "base"
        ordering = ["-occurred_at", "-id"]
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        indexes = [
            models.Index(fields=["occurred_at", "id"], name="event_by_time"),
            models.Index(fields=["kind", "occurred_at", "id"], name="event_by_kind"),
            models.Index(fields=["user_id", "occurred_at", "id"], name="event_by_user"),
            models.Index(fields=["source", "occurred_at", "id"], name="event_by_source"),
            models.Index(fields=["request_id"], name="event_by_request"),
        ]

    def __str__(self) -> str:
        return f"{title(self.kind)}: {self.actor_name}"

    def save(self, **options: Any) -> None:
        """Write the event with its proof."""
        self.proof = prove(shape_of(type(self)), self.__dict__)
        super().save(**options)
