"""The financial report of the console: on the screen by pages, in a file as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.base.storing import tallies
from crm.base.trail import security_events
from crm.console.desk import Desk, Page, pages
from crm.console.invoices import MEASURES, nothing_billed
from crm.console.presentation import amount
from crm.console.report_file import save
from crm.console.tables import Column, show_fields, show_table
from customers.models import Customer, CustomerQuerySet
from invoices import customer_report, reports
from invoices.models import CompanyProfile

AT_ONCE = 1000
SHOWN = ("billed", "paid", "pending")


def financial_report(desk: Desk) -> None:
    """Show what was billed to every customer and in all, and save it."""
    customers = _customers(desk)
    if not customers.exists():
        desk.terminal.refuse(_("There are no customers."))
        return
    for page in desk.pages(customers):
        _show(desk, rows_of(desk, page))
    totals = _totals(desk)
    count = tallies.total(desk.customers().live())
    _show_totals(desk, count, totals)
    _save(desk, customers, count, totals)


def _save(
    desk: Desk, customers: CustomerQuerySet, count: int, totals: Sequence[reports.Row]
) -> None:
    rows = (row for page in pages(customers, AT_ONCE) for row in rows_of(desk, page))
    try:
        path = save(desk.folder, count, totals, rows)
    except OSError as error:
        message = _("The report could not be saved in %(folder)s: %(reason)s")
        desk.terminal.refuse(message % {"folder": desk.folder, "reason": error.strerror})
        return
    security_events.note("exported", table="customers", format="json", filters={})
    desk.terminal.say(_("Report saved as %(path)s") % {"path": path})


def _customers(desk: Desk) -> CustomerQuerySet:
    """Return who is in the report: the live ones, and whoever was billed and archived since."""
    billed = desk.invoices().issued().filter(customer=OuterRef("pk"))
    return desk.customers().filter(Q(archived_at=None) | Exists(billed))


def rows_of(desk: Desk, customers: Page) -> Iterator[reports.Row]:
    """Yield the sums of ``customers``, a row for each currency, one also without documents."""
    documents = desk.invoices().filter(customer__in=customers)
    sums = customer_report.by_customer(documents).order_by("customer_id", "currency")
    found: dict[int, list[reports.Row]] = {}
    for row in customer_report.with_names(sums):
        found.setdefault(row["customer_id"], []).append(row)
    blank = nothing_billed()
    for customer in customers:
        who = {"customer": str(customer), "email": _email(desk, customer)}
        for row in found.get(customer.pk) or [blank]:
            yield row | who


def _email(desk: Desk, customer: Customer) -> str | None:
    return None if "email" in Customer.hidden_fields(desk.actor) else customer.email


def _totals(desk: Desk) -> Sequence[reports.Row]:
    """Return the sums of all documents, a row for each currency; the company's comes first."""
    groups = reports.by_day_and_status(desk.invoices())
    own = CompanyProfile.objects.current().currency
    totals = {own: nothing_billed()}
    for row in reports.months(groups):
        _add(totals, row, {"billed": row["billed"]})
    for row in reports.states(groups):
        cancelled = row["total"] if row["status"] == "cancelled" else Decimal(0)
        measures = {"count": row["count"], "paid": row["paid"], "pending": row["pending"]}
        _add(totals, row, {**measures, "cancelled": cancelled})
    return list(totals.values())


def _add(totals: dict[str, reports.Row], row: reports.Row, measures: Mapping[str, Any]) -> None:
    currency = row["currency"]
    total = totals.setdefault(currency, nothing_billed() | {"currency": currency})
    for name, value in measures.items():
        total[name] += value


def _show(desk: Desk, rows: Iterator[reports.Row]) -> None:
    columns = [
        Column(pgettext("console", "Customer")),
        Column(_("Invoices"), is_amount=True),
        *(Column(MEASURES[name], is_amount=True) for name in SHOWN),
    ]
    lines = [
        [row["customer"], row["count"], *(amount(row[name], row["currency"]) for name in SHOWN)]
        for row in rows
    ]
    show_table(desk.terminal, columns, lines)


def _show_totals(desk: Desk, customers: int, totals: Sequence[reports.Row]) -> None:
    desk.terminal.say("\n--- " + _("GENERAL SUMMARY") + " ---")
    show_fields(desk.terminal, [(_("Customers in all"), customers)])
    for row in totals:
        fields: list[tuple[Any, Any]] = [(_("Invoices in all"), row["count"])]
        fields += [(name, amount(row[key], row["currency"])) for key, name in MEASURES.items()]
        show_fields(desk.terminal, fields)
