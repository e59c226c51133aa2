"""Writing and listing invoices at the console."""

from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from crm.base.storing.unit_of_work import unit_of_work
from crm.console.answers import amount_in, of_field, one_of, required
from crm.console.customers import ask_customer
from crm.console.desk import Desk
from crm.console.presentation import (
    STATES,
    amount,
    invoice_columns,
    invoice_fields,
    invoice_row,
)
from crm.console.tables import show_fields, show_table
from invoices import customer_report, reports
from invoices.models import CompanyProfile, InvoiceLine, InvoiceQuerySet, Kind, Status
from invoices.single_line import write_single_line

MANAGE = "invoices.manage_invoice"
MEASURES = {
    "billed": pgettext_lazy("console", "Billed"),
    "paid": pgettext_lazy("console", "Paid"),
    "pending": pgettext_lazy("console", "Pending"),
    "cancelled": pgettext_lazy("console", "Cancelled"),
}
WRITTEN = (Status.PENDING, Status.PAID, Status.CANCELLED)


def create(desk: Desk) -> None:
    """Ask for an invoice of one line and store it: issued, or a draft of who may not issue."""
    terminal, may_issue = desk.terminal, desk.actor.has_perm(MANAGE)
    if not may_issue:
        terminal.say(_("You write drafts; management issues them."))
    customer = ask_customer(desk)
    if customer is None:
        return
    terminal.say(f"{pgettext('console', 'Customer')}: {customer}")
    currency = CompanyProfile.objects.current().currency
    description = terminal.ask_until(
        _("Description: "),
        required(of_field(InvoiceLine(), "description"), _("The description must not be empty.")),
    )
    price = terminal.ask_until(_("Amount (%s): ") % currency, amount_in(currency))
    status = _ask_status(desk) if may_issue else Status.DRAFT
    invoice = unit_of_work(partial(write_single_line, customer, description, price, status))
    terminal.say("✅ " + _("Invoice created successfully."))
    show_fields(terminal, invoice_fields(invoice))


def _ask_status(desk: Desk) -> Status:
    options = [(status, STATES[status]) for status in WRITTEN]
    listed = ", ".join(f"{number} {name}" for number, (_status, name) in enumerate(options, 1))
    question = pgettext("console", "Status (%s): ") % listed
    return desk.terminal.ask_until(question, one_of(options, _("The status is not valid.")))


def list_of_customer(desk: Desk) -> None:
    """Show a customer's documents by their state, and what they come to."""
    customer = ask_customer(desk)
    if customer is None:
        return
    documents = desk.invoices().filter(customer=customer)
    desk.terminal.say(f"{pgettext('console', 'Customer')}: {customer}")
    if not documents.exists():
        desk.terminal.say(_("This customer has no invoices."))
    for heading, group in _groups(documents):
        _show_group(desk, heading, group)
    _show_summary(desk, documents)


def _groups(documents: InvoiceQuerySet) -> list[tuple[Any, InvoiceQuerySet]]:
    invoices = documents.filter(kind=Kind.INVOICE)
    by_status = [(name, invoices.filter(status=status)) for status, name in STATES.items()]
    return [*by_status, (_("Credit notes"), documents.filter(kind=Kind.CREDIT_NOTE))]


def _show_group(desk: Desk, heading: Any, group: InvoiceQuerySet) -> None:
    for number, page in enumerate(desk.pages(group.prefetch_related("lines"))):
        if not number:
            desk.terminal.say(f"\n[{heading}]")
        show_table(desk.terminal, invoice_columns(), [invoice_row(one) for one in page])


def _show_summary(desk: Desk, documents: InvoiceQuerySet) -> None:
    """Show the sums of each currency: together they would say nothing."""
    sums = customer_report.by_customer(documents).order_by("customer_id", "currency")
    desk.terminal.say("\n--- " + _("SUMMARY") + " ---")
    for row in list(customer_report.with_names(sums)) or [nothing_billed()]:
        fields: list[tuple[Any, Any]] = [(_("Invoices in all"), row["count"])]
        fields += [(name, amount(row[key], row["currency"])) for key, name in MEASURES.items()]
        show_fields(desk.terminal, fields)


def nothing_billed() -> reports.Row:
    """Return the sums of whoever has no documents."""
    currency = CompanyProfile.objects.current().currency
    return {"count": 0, "currency": currency, **dict.fromkeys(customer_report.AMOUNTS, Decimal(0))}
