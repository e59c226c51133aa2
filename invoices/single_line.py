"""Documents of one line without tax, as the console and older services write them."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from customers.models import Customer
from invoices.kinds import Status
from invoices.lines import LONGEST_DESCRIPTION
from invoices.models import Invoice


def write_single_line(
    customer: Customer, description: str, amount: Decimal, status: str
) -> Invoice:
    """Store an invoice of ``amount`` at 0 % tax, and bring it to ``status`` by what leads there.

    A pending one is issued at once, a paid one is also paid in full, a cancelled one is taken back
    by its credit note. All of it is stored or nothing.
    """
    line: dict[str, Any] = {
        "description": description[:LONGEST_DESCRIPTION],
        "unit_price": amount,
        "tax_rate": Decimal(0),
    }
    invoice = Invoice(customer=customer, description=description)
    with transaction.atomic():
        invoice.write([line])
        if status != Status.DRAFT:
            invoice.issue()
        if status == Status.PAID:
            invoice.record_payment(invoice.total)
        if status == Status.CANCELLED:
            invoice.cancel()
    invoice.refresh_from_db()
    return invoice
