"""What is paid and credited of an invoice, which never is more than its total."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Conflict, invalid
from crm.base.money import ExactMoneyField, amount_text
from invoices.company import CompanyProfile
from invoices.kinds import Kind, Method, Status
from invoices.payments import Payment

ZERO = Decimal(0)


def enter_payment(
    invoice: Any,
    amount: Decimal,
    *,
    on: date | None = None,
    method: str = "",
    reference: str = "",
    reverses: Payment | None = None,
) -> Payment:
    """Store a payment of ``amount`` and settle ``invoice`` with it, or neither."""
    today = CompanyProfile.objects.today()
    if on and on > today:
        raise invalid("payment_date", _("A payment is not dated in the future."), "future")
    payment = Payment(
        invoice=invoice,
        currency=invoice.currency,
        amount=amount,
        payment_date=on or today,
        method=method or Method.TRANSFER,
        reference=reference,
        reverses=reverses,
    )
    with transaction.atomic():
        payment.save()
        settle(invoice, paid=amount)
    return payment


def settle(invoice: Any, *, paid: Decimal = ZERO, credited: Decimal = ZERO) -> None:
    """Add to what is paid and credited of ``invoice``, and bring its status with it.

    The row decides, not what was read of it: of two who pay the rest the second is refused.
    """
    new_paid, new_credited = (
        F("paid_amount") + _money(paid),
        F("credited_amount") + _money(credited),
    )
    fitting = type(invoice).objects.filter(
        pk=invoice.pk,
        kind=Kind.INVOICE,
        status__in=(Status.PENDING, Status.PAID),
        total__gte=new_paid + new_credited,
        paid_amount__gte=_money(-paid),
    )
    status = Case(
        When(total=new_credited, then=Value(Status.CANCELLED)),
        When(total=new_paid + new_credited, then=Value(Status.PAID)),
        default=Value(Status.PENDING),
    )
    settled = fitting.audited_update(
        paid_amount=new_paid, credited_amount=new_credited, status=status
    )
    invoice.refresh_from_db()
    if not settled:
        raise _refusal(invoice, paid, credited)


def _money(amount: Decimal) -> Value:
    return Value(amount, output_field=ExactMoneyField())


def _refusal(invoice: Any, paid: Decimal, credited: Decimal) -> Conflict:
    """Return why it could not be settled."""
    if invoice.status == Status.DRAFT:
        return Conflict(_("Issue the invoice first."), code="not_issued")
    if invoice.kind != Kind.INVOICE:
        return Conflict(_("A credit note is neither paid nor credited."), code="not_an_invoice")
    if invoice.status == Status.CANCELLED:
        return Conflict(_("This invoice is cancelled."), code="cancelled")
    if credited > invoice.total - invoice.credited_amount:
        return _too_much_credited(invoice)
    if not paid:
        message = _("More was paid than would remain. Reverse payments first.")
        return Conflict(message, code="payments_in_the_way")
    due = amount_text(invoice.due_amount, invoice.currency)
    text = _("Only %(due)s %(currency)s are due.") % {"due": due, "currency": invoice.currency}
    return Conflict(text, code="more_than_due", fields={"amount": text}, extra={"due": due})


def _too_much_credited(invoice: Any) -> Conflict:
    left = amount_text(invoice.total - invoice.credited_amount, invoice.currency)
    text = _("With tax only %(left)s %(currency)s are left to credit. Credit the discounts, too.")
    shown = {"left": left, "currency": invoice.currency}
    return Conflict(text % shown, code="more_than_left", extra={"left": left})
