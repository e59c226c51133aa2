"""What was done about a lead."""

from typing import Any

from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.base.context import acts_as_key, current
from crm.base.errors import invalid
from crm.base.models import Record
from crm.base.text import LineField, NoteField
from crm.base.trail.history import History
from leads.choices import LONGEST_WORD, ActionType
from leads.following_up import follow_up, step_back
from leads.lead import Lead
from leads.locking import locked_lead
from leads.moments import validate_past, validate_year
from leads.querysets import ActionQuerySet
from leads.rights import OVERSEE, demand


class Action(Record):
    """What was done about a lead: a call, a message, or whatever word the caller has for it."""

    lead = models.ForeignKey(
        Lead, models.PROTECT, verbose_name=_("lead"), related_name="actions", db_index=False
    )
    action_type = LineField(_("type"), max_length=LONGEST_WORD)
    details = NoteField(_("details"), blank=True, default="")
    occurred_at = models.DateTimeField(
        _("when"), default=timezone.now, validators=[validate_year, validate_past]
    )

    objects = ActionQuerySet.as_manager()
    history = History(asked_by=["created_at", "lead"])

    class Meta:
        ordering = ["-id"]
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        indexes = [
            models.Index(fields=["lead", "occurred_at", "id"], name="action_of_lead"),
            models.Index(fields=["occurred_at", "id"], name="action_by_time"),
            models.Index(fields=["action_type", "id"], name="action_by_type"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(action_type=""), name="action_typed")]

    def __str__(self) -> str:
        return str(dict(ActionType.choices).get(self.action_type, self.action_type))

    def clean(self) -> None:
        self.action_type = self.canonical_type(self.action_type)

    @staticmethod
    def canonical_type(word: str) -> str:
        """Return one of the usual types as it is stored, and any other word as it is."""
        usual = word.lower()
        return usual if usual in ActionType.values else word

    def guard(self, changed: list[str]) -> None:
        """Let people correct what they noted themselves, and no more."""
        if "lead_id" in changed:
            raise invalid("lead", _("An action stays with its lead."), "fixed")
        self._check_author()

    def _check_author(self) -> None:
        actor = current().actor
        is_own = actor is not None and actor.pk == self.created_by_id
        if not is_own or acts_as_key():  # a key's number may be somebody's
            demand(OVERSEE)

    def save(self, **options: Any) -> None:
        """Write the action; a new one touches its lead and moves the lead's next step."""
        is_new = self._state.adding
        with transaction.atomic():
            lead = locked_lead(self.lead_id)
            super().save(**options)
            if is_new:
                touched_at = Greatest("touched_at", Value(self.created_at))
                Lead.objects.filter(pk=self.lead_id).derived_update(touched_at=touched_at)
                follow_up(lead, self)

    def delete(self, *args: Any, **options: Any) -> Any:
        """Take back what was noted by mistake, as far as one may correct it; the history keeps it.

        Raises ``Forbidden``, and ``Conflict`` when the lead is archived.
        """
        with transaction.atomic():
            lead = locked_lead(self.lead_id)
            self._check_author()
            step_back(lead, self)
            return super().delete(*args, **options)
