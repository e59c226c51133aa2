"""Money that came in for an invoice; what was entered by mistake is reversed, not removed."""

from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Conflict
from crm.base.models import Record
from crm.base.money import CurrencyField, ExactMoneyField, amount_text
from crm.base.querysets import RecordQuerySet
from crm.base.text import LineField
from crm.base.trail.history import History
from invoices.kinds import Method


class PaymentQuerySet(RecordQuerySet["Payment"]):
    def visible_to(self, actor: Any) -> Self:
        """Whoever sees documents sees how they were paid."""
        return self if actor.has_perm("invoices.view_invoice") else self.none()

    def audited_update(self, **values: Any) -> int:
        raise _kept()

    def delete(self) -> Any:
        raise _kept()


class Payment(Record):
    """A payment, or with a negative amount the reversal of one. It never changes."""

    invoice: Any = models.ForeignKey(
        "invoices.Invoice",
        models.PROTECT,
        verbose_name=_("invoice"),
        related_name="payments",
        editable=False,
    )
    currency = CurrencyField(_("currency"), editable=False)
    amount: Any = ExactMoneyField(_("amount"))
    payment_date = models.DateField(_("date"))
    method = models.CharField(
        _("method"), max_length=20, choices=Method.choices, default=Method.TRANSFER
    )
    reference = LineField(_("reference"), max_length=100, blank=True, default="")
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        verbose_name=_("reverses"),
        related_name="reversal",
        null=True,
        editable=False,
    )

    objects = PaymentQuerySet.as_manager()
    history = History(asked_by=["invoice"])

    class Meta:
        ordering = ["id"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="payment_sign",
            ),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="payment_method"),
        ]

    def __str__(self) -> str:
        return f"{amount_text(self.amount, self.currency)} {self.currency}"

    def guard(self, changed: list[str]) -> None:
        raise _kept()

    def delete(self, *args: Any, **options: Any) -> Any:
        raise _kept()

    def reverse(self, reference: str = "") -> "Payment":
        """Take the payment back by an entry of its own, and return that; it is due again.

        Raises ``Conflict`` for a reversal, and for what is reversed already.
        """
        if self.reverses_id:
            raise Conflict(_("This is a reversal itself."), code="is_reversal")
        with transaction.atomic():
            self.invoice.lock()
            if Payment.objects.filter(reverses=self).exists():
                raise Conflict(_("This payment is reversed already."), code="reversed")
            reversal: Payment = self.invoice.enter_payment(
                -self.amount, method=self.method, reference=reference, reverses=self
            )
        return reversal


def _kept() -> Conflict:
    return Conflict(_("Payments stay as they are. Reverse it instead."), code="frozen")
