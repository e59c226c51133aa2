"""The lines of a document."""

from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Conflict, invalid
from crm.base.models import Record
from crm.base.money import CurrencyField, ExactMoneyField
from crm.base.querysets import RecordQuerySet
from crm.base.text import LineField
from crm.base.trail.history import History
from invoices.arithmetic import line_amount
from invoices.kinds import Status

PLACES = 4  # of quantities and prices; of a kilowatt-hour, a cent has more than the currency
DIGITS = 15  # which SQLite keeps exactly
LONGEST_DESCRIPTION = 500
# What somebody enters of a line; what is left out does not come from the line it replaces.
BLANK = {"description": "", "quantity": Decimal(1), "unit_price": None, "tax_rate": None}


class InvoiceLineQuerySet(RecordQuerySet["InvoiceLine"]):
    def visible_to(self, actor: Any) -> Self:
        """Whoever sees documents sees what they say."""
        return self if actor.has_perm("invoices.view_invoice") else self.none()

    def audited_update(self, **values: Any) -> int:
        self.refuse_issued()
        return super().audited_update(**values)

    def delete(self) -> Any:
        self.refuse_issued()
        return super().delete()

    def refuse_issued(self) -> None:
        if self.exclude(invoice__status=Status.DRAFT).exists():
            raise frozen()


class InvoiceLine(Record):
    """Something sold. ``amount`` is without tax, rounded to the currency."""

    invoice = models.ForeignKey(
        "invoices.Invoice",
        models.PROTECT,
        verbose_name=_("document"),
        related_name="lines",
        editable=False,
        db_index=False,  # the place below begins with it
    )
    position = models.PositiveSmallIntegerField(_("position"), editable=False)
    description = LineField(_("description"), max_length=LONGEST_DESCRIPTION)
    quantity = models.DecimalField(
        _("quantity"), max_digits=DIGITS, decimal_places=PLACES, default=Decimal(1)
    )
    unit_price = models.DecimalField(
        _("unit price"),
        max_digits=DIGITS,
        decimal_places=PLACES,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Without tax. A discount is a line with a negative quantity."),
    )
    tax_rate = models.DecimalField(
        _("tax rate"),
        max_digits=6,
        decimal_places=3,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("In per cent."),
    )
    currency = CurrencyField(_("currency"), editable=False)
    amount: Any = ExactMoneyField(_("amount"), editable=False, default=Decimal(0))
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("corrects"),
        related_name="corrections",
        null=True,
        editable=False,
    )

    objects = InvoiceLineQuerySet.as_manager()
    history = History(asked_by=["invoice"])

    class Meta:
        ordering = ["invoice", "position", "id"]
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="line_place"),
            models.CheckConstraint(condition=~Q(quantity=0), name="line_of_something"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="line_price_possible"),
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0, tax_rate__lte=100), name="line_rate_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.description

    def prepare(self) -> None:
        self.refuse_issued()
        super().prepare()

    def validate(self) -> None:
        self.amount = Decimal(0)  # worked out below, perhaps in another currency
        super().validate()

    def clean(self) -> None:
        if not self.quantity:
            raise invalid(
                "quantity", _("Nothing is not sold: use another quantity than 0."), "zero"
            )
        field: Any = self._meta.get_field("amount")
        amount = line_amount(self.quantity, self.unit_price, self.currency)
        try:
            self.amount = field.clean(amount, self)
        except ValidationError as error:
            raise ValidationError({"amount": error.error_list}) from error

    def guard(self, changed: list[str]) -> None:
        self.refuse_issued()

    def delete(self, *args: Any, **options: Any) -> Any:
        self.refuse_issued()
        return super().delete(*args, **options)

    def refuse_issued(self) -> None:
        if self.invoice.status != Status.DRAFT:
            raise frozen()

    def given(self) -> dict[str, Any]:
        """Return what somebody entered."""
        return {name: getattr(self, name) for name in BLANK}


def frozen() -> Conflict:
    message = _("This document is issued: it stays as it is. Credit or cancel it instead.")
    return Conflict(message, code="frozen")
