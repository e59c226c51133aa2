"""The columns of the reports' pages, and their values in words."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.base.figures import figure
from invoices import customer_report, reports
from invoices.admin_columns import LINK
from invoices.kinds import Status

# By what a row is of: the title of its first column, and the amounts it has.
PARTS: dict[str, tuple[Any, Sequence[str]]] = {
    "age": (pgettext_lazy("report", "Overdue"), ("amount",)),
    "status": (_("State"), ("total", "paid", "credited", "pending")),
    "month": (_("Month"), ("invoiced", "credited", "billed", "tax", "paid")),
    "customer": (_("Customer"), customer_report.AMOUNTS),
}
TITLES = {
    "amount": _("Still due"),
    "pending": _("Still due"),
    "total": _("Total"),
    "paid": _("Paid"),
    "credited": _("Credited"),
    "invoiced": _("Invoiced"),
    "billed": _("Billed"),
    "tax": _("Tax"),
    "cancelled": _("Cancelled"),
}
AGES = {
    reports.NOT_DUE: _("not due yet"),
    "0-30": _("up to 30 days"),
    "31-60": _("31 to 60 days"),
    "61-90": _("61 to 90 days"),
    "90+": _("more than 90 days"),
}
STATES = dict(Status.choices)


def part(title: str, key: str, rows: Sequence[reports.Row]) -> dict[str, Any]:
    """Return a table as the template takes it: every cell with the title of its column."""
    name, amounts = PARTS[key]
    titles = [name, _("Currency"), _("Invoices"), *(TITLES[amount] for amount in amounts)]
    return {
        "title": title,
        "columns": list(zip(titles, [False, False, *[True] * (1 + len(amounts))], strict=True)),
        "rows": [_cells(row, key, titles, amounts) for row in rows],
    }


def _cells(
    row: reports.Row, key: str, titles: Sequence[Any], amounts: Sequence[str]
) -> list[dict[str, Any]]:
    numbers = [row["count"], *(figure(row[name], row["currency"]) for name in amounts)]
    values = [_word(row, key), row["currency"], *numbers]
    return [
        {"title": title, "value": value, "is_figure": place > 1}
        for place, (title, value) in enumerate(zip(titles, values, strict=True))
    ]


def _word(row: reports.Row, key: str) -> Any:
    """Return what the row is of, in words."""
    if key == "customer":
        address = reverse("admin:customers_customer_change", args=[row["customer_id"]])
        return format_html(LINK, address, row["customer"])
    if key == "month":
        day = parse_date(f"{row['month']}-01")
        return capfirst(date_format(day, "YEAR_MONTH_FORMAT")) if day else row["month"]
    return capfirst({**AGES, **STATES}[row[key]])
