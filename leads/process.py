"""What happens next about a lead, and when."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.base.errors import Conflict, invalid
from crm.base.models import Record
from crm.base.past.states import state_of
from crm.base.text import LineField
from crm.base.trail.history import History
from leads.action import Action
from leads.choices import FOLLOW_UP_AFTER, LONGEST_WORD, ProcessStatus
from leads.lead import Lead
from leads.locking import locked_lead
from leads.moments import validate_year
from leads.querysets import ProcessQuerySet
from leads.rights import OVERSEE, demand


class Process(Record):
    """What happens next, and when."""

    lead = models.ForeignKey(
        Lead,
        models.PROTECT,
        verbose_name=_("lead"),
        related_name="processes",
        null=True,
        blank=True,
        db_index=False,
    )
    name = LineField(pgettext_lazy("of a thing", "name"), max_length=150)
    channel = LineField(_("channel"), max_length=LONGEST_WORD, blank=True, default="")
    last_action = models.ForeignKey(
        Action,
        models.PROTECT,
        verbose_name=_("last action"),
        related_name="+",
        null=True,
        blank=True,
    )
    next_followup_at = models.DateTimeField(
        _("next follow-up"), null=True, blank=True, validators=[validate_year]
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ProcessStatus.choices, default=ProcessStatus.ACTIVE
    )
    # Whose lead it is: a copy, by which one index finds what is due for somebody.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("assigned to"),
        related_name="+",
        null=True,
        editable=False,
        db_index=False,
    )

    objects = ProcessQuerySet.as_manager()
    history = History(excluded_fields=["owner"], asked_by=["created_at", "lead"])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes = [
            models.Index(fields=["lead", "id"], name="process_of_lead"),
            models.Index(fields=["owner", "id"], name="process_of_person"),
            models.Index(fields=["status", "id"], name="process_by_status"),
            models.Index(
                fields=["owner", "next_followup_at", "id"],
                condition=~Q(status=ProcessStatus.COMPLETED),
                name="process_due_of_person",
            ),
            models.Index(
                fields=["next_followup_at", "id"],
                condition=~Q(status=ProcessStatus.COMPLETED),
                name="process_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ProcessStatus.values), name="process_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=ProcessStatus.ACTIVE) | Q(next_followup_at__isnull=False),
                name="process_active_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.status == ProcessStatus.ACTIVE and self.next_followup_at is None:
            self.next_followup_at = timezone.now() + FOLLOW_UP_AFTER

    def guard(self, changed: list[str]) -> None:
        if "lead_id" in changed and self._loaded["lead_id"] is not None:
            raise invalid("lead", _("A follow-up stays with its lead."), "fixed")

    def save(self, **options: Any) -> None:
        with transaction.atomic():
            self._check_lead(locked_lead(self.lead_id))
            self._check_last_action()
            super().save(**options)

    @classmethod
    def untracked_then(cls, moment: datetime) -> dict[str, Any]:
        lead = state_of(Lead, moment).filter(id=OuterRef("lead_id"))
        return {"owner_id": Subquery(lead.values("assigned_to_id")[:1])}

    def _check_lead(self, lead: Lead | None) -> None:
        """Let it follow its lead, which has something to do as long as it is open."""
        if lead is None:
            demand(OVERSEE)
            return
        self.owner_id = lead.assigned_to_id
        if self.status != ProcessStatus.COMPLETED and not lead.is_open:
            message = _("This lead is won or discarded: nothing more is to be done.")
            raise Conflict(message, code="lead_finished")

    def _check_last_action(self) -> None:
        if self.last_action_id is None or self.last_action_id == self._known("last_action_id"):
            return
        if not Action.objects.filter(pk=self.last_action_id, lead=self.lead_id).exists():
            raise invalid("last_action", _("This is no action of the lead."), "other_lead")

    def _known(self, name: str) -> Any:
        return self.__dict__.get("_loaded", {}).get(name)
