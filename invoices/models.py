"""Invoices and credit notes: drafts until they are issued, and then never changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crm.base.context import current
from crm.base.errors import Forbidden, invalid
from crm.base.models import Record
from crm.base.money import CurrencyField, ExactMoneyField
from crm.base.text import LineField, NoteField
from crm.base.trail.history import History
from customers.models import Customer
from invoices import corrections, drafts, issuing, settling
from invoices.arithmetic import Tax, Totals, days_overdue, still_due
from invoices.company import CompanyProfile, installation_language
from invoices.details import CopiedDetails
from invoices.kinds import MUTABLE, Kind, Method, Status
from invoices.limits import CONSTRAINTS, INDEXES
from invoices.lines import InvoiceLine, frozen
from invoices.payments import Payment
from invoices.printouts import Printout
from invoices.querysets import InvoiceQuerySet
from invoices.series import LONGEST, NumberCounter, NumberSeries

LONGEST_NOTE = 2000


class Invoice(CopiedDetails, Record):
    """An invoice, or the credit note that takes one back in whole or in part.

    Amounts of both are positive: the kind says which way they count.
    """

    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind.choices, default=Kind.INVOICE, editable=False
    )
    corrects: Any = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("corrects"),
        related_name="corrections",
        null=True,
        editable=False,
    )
    number = models.CharField(
        _("number"), max_length=LONGEST, null=True, unique=True, editable=False
    )
    # The number's place in order; of drafts it is nothing, so that lists can continue after one.
    series = models.CharField(_("series"), max_length=10, default="", editable=False)
    series_year = models.PositiveSmallIntegerField(default=0, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    legacy_number = LineField(
        _("former number"), max_length=50, blank=True, default="", editable=False
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="invoices",
        db_index=False,  # others begin with it
    )
    description = NoteField(_("description"), max_length=LONGEST_NOTE, blank=True, default="")
    currency = CurrencyField(_("currency"), blank=True, default="")
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=installation_language
    )
    subtotal: Any = ExactMoneyField(_("subtotal"), default=Decimal(0), editable=False)
    tax: Any = ExactMoneyField(_("tax"), default=Decimal(0), editable=False)
    total: Any = ExactMoneyField(_("total"), default=Decimal(0), editable=False)
    taxes = models.JSONField(_("taxes"), default=list, blank=True, editable=False)
    paid_amount: Any = ExactMoneyField(_("paid"), default=Decimal(0), editable=False)
    credited_amount: Any = ExactMoneyField(_("credited"), default=Decimal(0), editable=False)
    # Moves when a line does: whoever changes lines changes the document.
    lines_version = models.PositiveIntegerField(default=0, editable=False)
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    issue_date = models.DateField(_("date"), null=True, editable=False)
    due_date = models.DateField(_("due"), null=True, blank=True)
    search_text = models.TextField(editable=False, default="")

    searchable = ("number", "legacy_number", "billing_name", "description")
    tallied: ClassVar = ("kind", "status", "currency")
    looked_up: ClassVar = ("number",)
    told_with: ClassVar = ("lines", "payments")
    restorable: ClassVar = (
        *("customer", "description", "currency", "language", "due_date", "lines_version"),
    )

    objects = InvoiceQuerySet.as_manager()
    history = History(
        excluded_fields=["search_text"],
        asked_by=[
            *("created_at", "customer", "issue_date", "due_date"),
            "series series_year sequence",
        ],
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = CONSTRAINTS
        indexes = INDEXES

    def __str__(self) -> str:
        return self.number or str(_("Draft %(id)s") % {"id": self.pk or ""}).strip()

    def validate(self) -> None:
        """Also bring the copies of a draft up to date."""
        if self.status == Status.DRAFT and self.kind == Kind.INVOICE:
            self.copy_billing(self.customer)
        super().validate()

    def prepare(self) -> None:
        self.complete()
        self._refuse_archived_customer()
        super().prepare()

    def complete(self) -> None:
        """Use the company's currency where none is named."""
        self.currency = self.currency or CompanyProfile.objects.current().currency

    def clean(self) -> None:
        if self.total < 0:
            message = _("The total is negative: discounts are more than what is sold.")
            raise invalid("lines", message, "negative")

    def guard(self, changed: list[str]) -> None:
        if self._loaded["status"] != Status.DRAFT:
            if set(changed) - (MUTABLE - {"customer_id"}):
                raise frozen()
        else:
            self.check_author()
        if "customer_id" in changed:
            self._refuse_archived_customer()

    def check_author(self) -> None:
        """Raise ``Forbidden`` when the acting user may not change this draft."""
        actor = current().actor
        if actor and not self.belongs_to(actor):
            raise Forbidden(_("This draft is somebody else's."))

    def may_be_changed_by(self, actor: Any) -> bool:
        """Tell whether it is a draft that is ``actor``'s to change."""
        return self.status == Status.DRAFT and self.belongs_to(actor)

    def belongs_to(self, actor: Any) -> bool:
        """Tell whether ``actor`` entered it, or manages everybody's."""
        is_author = self.created_by_id == actor.pk and actor.actor_role != "api_key"
        return bool(is_author or actor.has_perm("invoices.manage_invoice"))

    def _refuse_archived_customer(self) -> None:
        if self.kind == Kind.INVOICE and self.customer.archived_at:
            raise invalid("customer", _("This customer is archived."), "archived")

    def delete(self, *args: Any, **options: Any) -> Any:
        """Delete a draft with its lines; raises ``Conflict`` for what is issued."""
        with transaction.atomic():
            self.lock()
            if self.status != Status.DRAFT:
                raise frozen()
            self.check_author()
            self.lines.all().delete()
            return super().delete(*args, **options)

    def lock(self) -> None:
        """Read the row anew and keep everybody else from writing it until the transaction ends."""
        rows = type(self).objects.select_for_update(of=("self",), no_key=True)
        self.refresh_from_db(from_queryset=rows)

    def write(self, lines: Sequence[Mapping[str, Any]] | None = None) -> None:
        """Store the draft; ``lines``, mappings of what somebody enters, replace those it has.

        Raises ``ValidationError`` that names a line's field as ``lines.0.quantity``.
        """
        drafts.write(self, lines)

    def apply(self, totals: Totals) -> None:
        """Take over the sums of the lines."""
        self.subtotal, self.tax, self.total = totals.subtotal, totals.tax, totals.total
        self.taxes = [
            {"rate": f"{one.rate.normalize():f}", "base": f"{one.base:f}", "tax": f"{one.tax:f}"}
            for one in totals.taxes
        ]

    def totals(self) -> Totals:
        """Return the sums as they are stored."""
        taxes = (Tax(**{name: Decimal(one[name]) for name in one}) for one in self.taxes)
        return Totals(self.subtotal, self.tax, self.total, tuple(taxes))

    def take_back(self, version: Any) -> None:
        """Store the draft with the lines it had; raises ``Conflict`` for what is issued."""
        if self.status != Status.DRAFT:
            raise frozen()
        drafts.take_back(self, version)

    def issue(self, on: date | None = None) -> None:
        """Give the draft its number and freeze it; ``on`` is its date, by default today.

        Raises ``Conflict`` for what is issued already or cannot be, ``ValidationError`` for dates.
        """
        issuing.issue(self, on)

    def cancel(self, description: str = "") -> "Invoice":
        """Take the whole back, and return the credit note that does; ``Conflict`` while paid."""
        note: Invoice = corrections.cancel(self, description)
        return note

    def credit(self, parts: Sequence[Mapping[str, Any]], description: str = "") -> "Invoice":
        """Take ``parts`` back, and return the credit note that does.

        A part is ``{"line": id, "quantity": …}`` or ``{"line": id, "amount": …}``, without tax.
        """
        note: Invoice = corrections.credit(self, parts, description)
        return note

    def record_payment(
        self, amount: Decimal, *, on: date | None = None, method: str = "", reference: str = ""
    ) -> Payment:
        """Note that ``amount`` was paid, and return the payment.

        Raises ``Conflict`` for more than is due, and where nothing can be paid.
        """
        if amount <= 0:
            raise invalid("amount", _("Enter an amount that is more than 0."), "not_positive")
        return self.enter_payment(amount, on=on, method=method, reference=reference)

    def enter_payment(self, amount: Decimal, **details: Any) -> Payment:
        """Store a payment or, with a negative amount, a reversal, and settle the invoice."""
        return settling.enter_payment(self, amount, **details)

    @property
    def due_amount(self) -> Decimal:
        """Return what is still to be paid."""
        amounts = (self.total, self.paid_amount, self.credited_amount)
        return still_due(self.kind, self.status, *amounts)

    def days_overdue(self, today: date) -> int:
        """Return how many days ago it should have been paid; 0 when it is not overdue."""
        return days_overdue(self.status, self.due_date, today)


__all__ = [
    "CompanyProfile",
    "Invoice",
    "InvoiceLine",
    "InvoiceQuerySet",
    "Kind",
    "Method",
    "NumberCounter",
    "NumberSeries",
    "Payment",
    "Printout",
    "Status",
]
