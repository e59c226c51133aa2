"""What a page of the back office tells of a document, as pairs of a name and a value."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.base.figures import money, plain, price
from invoices.admin_columns import day
from invoices.company import CompanyProfile
from invoices.models import Invoice
from invoices.series import NumberSeries

Facts = list[tuple[Any, Any]]


def before_issue(invoice: Invoice) -> Facts:
    """Return what will be frozen."""
    company = CompanyProfile.objects.current()
    today, series = company.today(), NumberSeries.objects.of(invoice.kind)
    days = company.payment_term_days
    term = ngettext("%(days)d day after the date", "%(days)d days after the date", days)
    return [
        (_("Number, if nobody is faster"), series.next_number(today)),
        (_("Seller"), company.name or _("Nobody has entered the company's name and address yet.")),
        (_("Customer"), invoice.billing_name),
        (_("Due date"), day(invoice.due_date) or term % {"days": days}),
        (_("Lines"), str(invoice.lines.count())),
        (_("Total"), money(invoice.total, invoice.currency)),
    ]


def of_money(invoice: Invoice) -> Facts:
    """Return what was billed, paid and is due."""
    amounts = [
        (_("Total"), invoice.total),
        (_("Paid"), invoice.paid_amount),
        (_("Credited"), invoice.credited_amount),
        (_("Due"), invoice.due_amount),
    ]
    shown = [(name, money(amount, invoice.currency)) for name, amount in amounts]
    return [(_("Customer"), invoice.billing_name), *shown]


def line_rows(invoice: Invoice) -> list[dict[str, str]]:
    """Return the lines as they are read."""
    return [
        {
            "description": line.description,
            "quantity": plain(line.quantity),
            "unit_price": price(line.unit_price, invoice.currency),
            "tax_rate": f"{plain(line.tax_rate)} %",
            "amount": money(line.amount, invoice.currency),
        }
        for line in invoice.lines.all()
    ]
