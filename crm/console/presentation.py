"""How the console writes records: numbers, moments and amounts as the language has them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.base.context import Actor
from crm.base.figures import figure
from crm.console.tables import Column
from customers.models import Customer
from invoices.models import Invoice, Status

NOTHING = "-"
# In the words of the service that the console replaces, which the back office need not share.
STATES = {
    Status.DRAFT: pgettext_lazy("console status", "Draft"),
    Status.PENDING: pgettext_lazy("console status", "Pending"),
    Status.PAID: pgettext_lazy("console status", "Paid"),
    Status.CANCELLED: pgettext_lazy("console status", "Cancelled"),
}


def customer_number(customer: Customer) -> str:
    """Return the number by which the console knows a customer: USR001."""
    return f"USR{customer.pk:03d}"


def moment(value: datetime | None) -> str:
    if value is None:
        return NOTHING
    return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")


def day(value: date | None) -> str:
    return formats.date_format(value, "SHORT_DATE_FORMAT") if value else NOTHING


def amount(value: Decimal, currency: str) -> str:
    """Return ``value`` with the decimals of its currency, grouped, and its code."""
    return f"{figure(value, currency)} {currency}"


def _name(customer: Customer) -> str:
    return str(customer)


def _phone(customer: Customer) -> str:
    return customer.phone or customer.phone_as_given or NOTHING


# The field whose rights decide, the heading, and how it is shown.
_CUSTOMER = (
    ("id", pgettext_lazy("console", "ID"), customer_number),
    ("name", pgettext_lazy("console", "Name"), _name),
    ("email", pgettext_lazy("console", "Email"), lambda one: one.email or NOTHING),
    ("phone", pgettext_lazy("console", "Phone"), _phone),
    ("address", pgettext_lazy("console", "Address"), lambda one: one.address or NOTHING),
    ("registered_at", _("Registration date"), lambda one: moment(one.registered_at)),
)
_DETAILS = frozenset({"address", "registered_at"})  # of which a list of many has no room


def customer_columns(actor: Actor, *, briefly: bool) -> list[Column]:
    """Return the headings of what ``actor`` may see of customers."""
    return [Column(heading) for heading, _show in _shown(actor, briefly=briefly)]


def customer_row(customer: Customer, actor: Actor, *, briefly: bool) -> list[str]:
    return [show(customer) for _heading, show in _shown(actor, briefly=briefly)]


def customer_fields(customer: Customer, actor: Actor) -> list[tuple[Any, str]]:
    return [(heading, show(customer)) for heading, show in _shown(actor)]


def _shown(actor: Actor, *, briefly: bool = False) -> list[tuple[Any, Any]]:
    hidden = Customer.hidden_fields(actor) | (_DETAILS if briefly else frozenset())
    return [(heading, show) for name, heading, show in _CUSTOMER if name not in hidden]


def invoice_fields(invoice: Invoice) -> list[tuple[Any, str]]:
    return [
        (pgettext_lazy("console", "Number"), str(invoice)),
        (_("Issue date"), day(invoice.issue_date)),
        (pgettext_lazy("console", "Customer"), invoice.billing_name),
        (pgettext_lazy("console", "Description"), described(invoice)),
        (pgettext_lazy("console", "Amount"), amount(invoice.total, invoice.currency)),
        (pgettext_lazy("console", "Status"), STATES[Status(invoice.status)]),
    ]


def invoice_columns() -> Sequence[Column]:
    return (
        Column(pgettext_lazy("console", "Number")),
        Column(_("Issue date")),
        Column(pgettext_lazy("console", "Description")),
        Column(pgettext_lazy("console", "Amount"), is_amount=True),
    )


def invoice_row(invoice: Invoice) -> list[str]:
    total = amount(invoice.total, invoice.currency)
    return [str(invoice), day(invoice.issue_date), described(invoice), total]


def described(invoice: Invoice) -> str:
    """Return what the invoice is for: its description, or else its first line's."""
    first = next(iter(invoice.lines.all()), None)
    return invoice.description or (first.description if first else NOTHING)
