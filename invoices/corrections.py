"""Credit notes: they take an invoice back, in whole or in part."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from crm.base.currencies import smallest
from crm.base.errors import Conflict
from crm.base.money import amount_text, check_places
from invoices import settling
from invoices.arithmetic import Tax, line_amount, taken_back, taxes_on, totals_of
from invoices.kinds import Kind, Status
from invoices.lines import InvoiceLine

Part = Mapping[str, Any]
ZERO = Decimal(0)


def cancel(invoice: Any, description: str) -> Any:
    """Issue the credit note for all of ``invoice`` that is not credited yet, and return it."""
    with transaction.atomic():
        _lock(invoice)
        rest = uncredited(invoice)
        lines = list(invoice.lines.all())
        open_lines = [line for line in lines if rest[line.pk]] or lines  # of nothing, all
        taken = [_rest_of(line, rest[line.pk]) for line in open_lines]
        return _issue(invoice, taken, description)


def credit(invoice: Any, parts: Sequence[Part], description: str) -> Any:
    """Issue the credit note for ``parts`` of ``invoice``, and return it."""
    with transaction.atomic():
        _lock(invoice)
        rest = uncredited(invoice)
        own = {line.pk: line for line in invoice.lines.all()}
        lines, errors = [], {}
        for index, part in enumerate(parts):
            try:
                line = own.pop(part["line"], None)
                lines.append(_part_of(line, part, rest))
            except ValidationError as error:
                errors[f"lines.{index}"] = error
        if errors:
            raise ValidationError(errors)
        return _issue(invoice, lines, description)


def _lock(invoice: Any) -> None:
    invoice.lock()
    if invoice.kind != Kind.INVOICE:
        message = _("A credit note is neither paid nor credited.")
        raise Conflict(message, code="not_an_invoice")
    if invoice.status == Status.DRAFT:
        raise Conflict(_("This is a draft: change or delete it."), code="not_issued")
    if invoice.status == Status.CANCELLED:
        raise Conflict(_("This invoice is cancelled."), code="cancelled")


def uncredited(invoice: Any) -> dict[int, Decimal]:
    """Return what is not credited yet of each line, by its id."""
    credited = InvoiceLine.objects.filter(corrects__invoice=invoice).order_by()
    sums = dict(credited.values_list("corrects").annotate(sum=Sum("amount")))
    return {line.pk: line.amount - sums.get(line.pk, ZERO) for line in invoice.lines.all()}


def _part_of(line: InvoiceLine | None, part: Part, rest: Mapping[int, Decimal]) -> InvoiceLine:
    """Return the note's line for ``part`` of ``line``."""
    if line is None:
        message = _("This is no line of the invoice, or named twice.")
        raise ValidationError(message, code="unknown_line")
    left = rest[line.pk]
    if part.get("quantity") is None:
        return _by_amount(line, part["amount"], left)
    quantity, sign = part["quantity"], 1 if line.quantity > 0 else -1
    amount = line_amount(quantity, line.unit_price, line.currency)
    if not 0 < quantity * sign <= line.quantity * sign:
        raise _too_much(left, line.currency)
    if abs(amount) - abs(left) == smallest(line.currency):  # what rounding made of the parts
        return _by_amount(line, left, left)
    if abs(amount) > abs(left):
        raise _too_much(left, line.currency)
    return copied(line, quantity, line.unit_price)


def _by_amount(line: InvoiceLine, amount: Decimal, left: Decimal) -> InvoiceLine:
    sign = 1 if line.amount >= 0 else -1
    check_places(amount, line.currency)
    if not 0 < amount * sign <= left * sign:
        raise _too_much(left, line.currency)
    return copied(line, Decimal(sign), abs(amount))


def _rest_of(line: InvoiceLine, left: Decimal) -> InvoiceLine:
    if left == line.amount:
        return copied(line, line.quantity, line.unit_price)
    return _by_amount(line, left, left)


def copied(line: InvoiceLine, quantity: Decimal, unit_price: Decimal) -> InvoiceLine:
    """Return the line of a note that takes ``quantity`` of ``line`` back."""
    return InvoiceLine(
        corrects=line,
        description=line.description,
        quantity=quantity,
        unit_price=unit_price,
        tax_rate=line.tax_rate,
        currency=line.currency,
    )


def _too_much(left: Decimal, currency: str) -> ValidationError:
    params = {"left": amount_text(left, currency), "currency": currency}
    message = _("Use more than nothing and no more than is left: %(left)s %(currency)s.")
    return ValidationError(message, code="more_than_left", params=params)


def _issue(invoice: Any, lines: list[InvoiceLine], description: str) -> Any:
    """Store and issue the credit note with ``lines``; its number is taken last."""
    note = draw_up(invoice, lines, _taxes_left(invoice), description)
    note.clean()  # discounts alone take nothing back
    settling.settle(invoice, credited=note.total)
    note.save()
    InvoiceLine.objects.audited_bulk_create(lines)
    note.issue()
    return note


def draw_up(
    invoice: Any, lines: Sequence[InvoiceLine], left: Mapping[Decimal, Tax], description: str
) -> Any:
    """Return the unsaved credit note of ``lines``; ``left`` is what no other has taken back."""
    note = type(invoice)(
        kind=Kind.CREDIT_NOTE,
        corrects=invoice,
        customer=invoice.customer,
        currency=invoice.currency,
        language=invoice.language,
        description=description,
        lines_version=1,
    )
    note.copy_details_of(invoice)
    for position, line in enumerate(lines, start=1):
        line.position, line.invoice = position, note
        line.validate()
    bases = taxes_on([(line.tax_rate, line.amount) for line in lines], invoice.currency)
    taxes = [taken_back(one.base, left[one.rate], invoice.currency) for one in bases]
    note.apply(totals_of(taxes, invoice.currency))
    return note


def taxes_of(document: Any) -> dict[Decimal, Tax]:
    """Return the taxes of ``document`` by their rates."""
    rows = ([Decimal(row[name]) for name in ("rate", "base", "tax")] for row in document.taxes)
    return {rate: Tax(rate, base, tax) for rate, base, tax in rows}


def _taxes_left(invoice: Any) -> dict[Decimal, Tax]:
    left = taxes_of(invoice)
    for note in invoice.corrections.all():
        for rate, gone in taxes_of(note).items():
            rest = left[rate]
            left[rate] = Tax(rate, rest.base - gone.base, rest.tax - gone.tax)
    return left
