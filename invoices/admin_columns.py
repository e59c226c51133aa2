"""How documents and their money read in the back office."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.base.figures import money, plain
from invoices.arithmetic import Totals
from invoices.kinds import Kind, Status

COLOURS: dict[str, str] = {
    Status.DRAFT: "plain",
    Status.PENDING: "warning",
    Status.PAID: "success",
    Status.CANCELLED: "info",
    "overdue": "danger",
}
LINK = '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>'


def right(text: str) -> str:
    return format_html('<span class="block figures">{}</span>', text)


def day(value: date | None) -> str:
    return date_format(value, "SHORT_DATE_FORMAT") if value else ""


def late(days: int) -> str:
    """Return "12 days"; nothing for none."""
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days} if days else ""


def state_of(invoice: Any, today: date) -> tuple[str, str]:
    """Return the colour's key and the words for how far a document has come."""
    if invoice.days_overdue(today):
        return "overdue", pgettext("invoice", "Overdue")
    if invoice.kind == Kind.CREDIT_NOTE:
        return Status.CANCELLED, invoice.get_kind_display()
    return invoice.status, invoice.get_status_display()


def link_to(invoice: Any) -> str:
    return format_html(LINK, address_of(invoice), invoice)


def address_of(invoice: Any, page: str = "change") -> str:
    """Return the address of a page of a document."""
    return f"{reverse('admin:invoices_invoice_changelist')}{invoice.pk}/{page}/"


def sum_rows(totals: Totals, currency: str) -> list[dict[str, str]]:
    """Return the sums of a document as rows of ``label`` and ``amount``; the last is the total."""
    rows = [(_("Subtotal"), totals.subtotal)]
    for tax in totals.taxes:
        named = {"rate": plain(tax.rate), "base": money(tax.base, currency)}
        rows.append((_("Tax %(rate)s %% on %(base)s") % named, tax.tax))
    rows.append((_("Total"), totals.total))
    return [{"label": label, "amount": money(amount, currency)} for label, amount in rows]
