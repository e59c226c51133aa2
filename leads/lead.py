"""A lead: somebody who may become a customer."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.base.context import current
from crm.base.errors import Forbidden, invalid
from crm.base.models import Archivable
from crm.base.money import CurrencyField, MoneyField
from crm.base.phones import PhoneField
from crm.base.text import EmailField, LineField, LinkField, NoteField
from crm.base.trail.history import History, actor_id
from customers.models import Customer
from leads import lead_table
from leads.choices import OPEN, Channel, ProcessStatus, Status
from leads.querysets import LeadQuerySet
from leads.rights import ASSIGN, OVERSEE, demand
from leads.telling import tell_assigned, tell_of_move, tell_of_new


class Lead(Archivable):
    """Somebody who may become a customer. Deleting means archiving."""

    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="leads",
        null=True,
        blank=True,
        db_index=False,
    )
    name = LineField(_("name"), max_length=150, blank=True, default="")
    email = EmailField(_("email"), null=True, blank=True)
    phone = PhoneField(
        _("phone"), null=True, blank=True, help_text=_("Any spelling; kept as +584123456789.")
    )
    instagram = LineField(_("Instagram"), max_length=100, blank=True, default="")
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel.choices, default=Channel.MANUAL
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.NEW
    )
    expected_value = MoneyField(
        _("expected value"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = CurrencyField(_("currency"))
    source_url = LinkField(_("source address"), blank=True, default="")
    admin_notes = NoteField(_("management's notes"), blank=True, default="")
    sales_notes = NoteField(_("sales notes"), blank=True, default="")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("assigned to"),
        related_name="leads",
        null=True,
        blank=True,
        db_index=False,
    )
    status_changed_at = models.DateTimeField(
        _("in this status since"), default=timezone.now, editable=False
    )
    # A change or an action, by whomever: what tells those nobody cares about. Not in the history,
    # which tells the same.
    touched_at = models.DateTimeField(_("last touched"), default=timezone.now, editable=False)
    search_text = models.TextField(editable=False, default="")

    searchable = ("name", "email", "phone", "instagram")
    tallied: ClassVar = ("status", "channel", "assigned_to")
    updated_too: ClassVar = ("touched_at",)
    restorable: ClassVar = lead_table.RESTORABLE
    left_alone: ClassVar = lead_table.LEFT_ALONE

    objects = LeadQuerySet.as_manager()
    history = History(
        excluded_fields=["search_text", "touched_at"], asked_by=["created_at", "customer"]
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes = lead_table.INDEXES
        constraints = lead_table.CONSTRAINTS

    def __str__(self) -> str:
        handle = self.instagram and f"@{self.instagram}"
        number = gettext("Lead %(number)s") % {"number": self.pk}
        return self.name or self.email or self.phone or handle or number

    def clean(self) -> None:
        self.instagram = self.instagram.lstrip("@ ")
        if not (self.customer_id or self.email or self.phone or self.instagram):
            message = _("Give a customer, an email, a phone or an Instagram name.")
            raise ValidationError(message, code="unreachable")
        if self.status == Status.CLOSED and self.customer_id is None:
            message = _("A lead that is won has a customer. Convert it.")
            raise invalid("customer", message, "required")

    def assign(self, user: Any, *, tell_owner: bool = True) -> None:
        """Make the lead ``user``'s, or with None nobody's."""
        self.assigned_to = user
        self.save(tell_owner=tell_owner)

    @property
    def is_open(self) -> bool:
        return self.archived_at is None and self.status in OPEN

    @classmethod
    def hidden_fields(cls, actor: Any) -> frozenset[str]:
        """Keep what management notes from those who do not oversee."""
        return frozenset() if actor.has_perm(OVERSEE) else frozenset({"admin_notes"})

    def save(self, *, tell_owner: bool = True, **options: Any) -> None:
        """Write the lead; its processes end with it, and go with it to whom it is assigned.

        Who should know is told. Without ``tell_owner`` the caller tells a new owner.
        """
        before = self.__dict__.get("_loaded", {})
        with transaction.atomic():
            if self._state.adding:
                self._check_new()
            super().save(**options)
            if before:
                self._take_processes_along(before)
            self._tell(before, tell_owner)

    def _tell(self, before: dict[str, Any], tell_owner: bool) -> None:
        if not before:
            tell_of_new(self)
        if before.get("assigned_to_id") != self.assigned_to_id:
            if tell_owner and self.assigned_to_id not in (None, actor_id()):
                tell_assigned(self.assigned_to, [self.pk])
        elif before and before["status"] != self.status:
            tell_of_move(self, before["status"])

    def _check_new(self) -> None:
        """Give the lead to the salesperson who enters it; check to whom and what it points."""
        actor = current().actor
        if actor is not None and not actor.has_perm(ASSIGN):
            if self.assigned_to_id not in (None, actor.pk):
                raise Forbidden(_("You may not assign leads."))
            self.assigned_to_id = actor.pk
        self.status_changed_at = self.touched_at = self.created_at
        self._check_assignee()
        self._check_customer()

    def guard_live(self) -> None:
        """Raise ``Conflict`` when the lead is archived."""
        super().guard([])

    def guard(self, changed: list[str]) -> None:
        super().guard(changed)
        if "status" in changed:
            self.status_changed_at = timezone.now()
        if "assigned_to_id" in changed:
            demand(ASSIGN)
            self._check_assignee()
        elif self.is_open and {"status", "archived_at"} & set(changed):
            self._leave_whoever_left()
        if "customer_id" in changed:
            self._check_customer()

    @classmethod
    def untracked_then(cls, moment: datetime) -> dict[str, Any]:
        # Actions neither go nor change their lead, so that today's table tells of any day.
        actions: Any = cls._meta.get_field("actions").related_model
        known = actions._base_manager.filter(lead_id=OuterRef("id"), created_at__lte=moment)
        newest = known.order_by("-created_at").values("created_at")[:1]
        changed = F("history_date")
        return {"touched_at": Greatest(changed, Coalesce(Subquery(newest), changed))}

    def _assignee(self) -> Any:
        """Return the one the lead is assigned to, who cannot be deactivated meanwhile."""
        users: Any = self._meta.get_field("assigned_to").related_model
        found = users.objects.filter(pk=self.assigned_to_id)
        return found.select_for_update(no_key=True).first()

    def _check_assignee(self) -> None:
        if self.assigned_to_id is None:
            return
        user = self._assignee()
        if user is None or not user.is_active or not user.has_perm("leads.change_lead"):
            message = _("Leads are assigned to active people only.")
            raise invalid("assigned_to", message, "not_assignable")
        self.assigned_to = user

    def _leave_whoever_left(self) -> None:
        """Nobody works on a lead that comes back after its owner was deactivated."""
        if self.assigned_to_id and not self._assignee().is_active:
            self.assigned_to_id = None

    def _check_customer(self) -> None:
        if self.customer_id is None:
            return
        customers = Customer.objects.live().filter(pk=self.customer_id)
        if not customers.select_for_update(no_key=True).exists():
            message = _("There is no such customer, or it is archived.")
            raise invalid("customer", message, "not_live")

    def _take_processes_along(self, before: dict[str, Any]) -> None:
        if before["assigned_to_id"] != self.assigned_to_id:
            self.processes.give_to(self.assigned_to_id)
        was_open = before["archived_at"] is None and before["status"] in OPEN
        if was_open and not self.is_open:
            self.processes.open().audited_update(status=ProcessStatus.COMPLETED)
