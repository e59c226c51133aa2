"""Financial reports as tables for spreadsheets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm.base.tables import Table
from invoices import customer_report, reports

CUSTOMER = ("customer_id", "customer", "currency", "count", *customer_report.AMOUNTS)
# The parts of the invoices' report under each other, so that a spreadsheet can filter them.
PART = ("part", "name", "currency", "count")
MEASURES = ("total", "invoiced", "credited", "billed", "tax", "paid", "pending")


def customer_table(rows: Any) -> Table:
    """Return the rows of ``customer_report.by_customer``."""
    ordered = rows.order_by("customer_id", "currency").iterator(customer_report.CHUNK)
    table = ([row[name] for name in CUSTOMER] for row in customer_report.with_names(ordered))
    return Table("customers", CUSTOMER, table)


def invoice_table(report: Mapping[str, Sequence[reports.Row]]) -> Table:
    """Return the parts of ``reports.of_invoices``, with the same columns."""
    return Table("invoices", (*PART, *MEASURES), _flat(report))


def _flat(report: Mapping[str, Sequence[reports.Row]]) -> Iterator[Sequence[Any]]:
    for part, rows in report.items():
        for row in rows:
            name = row.get("status") or row.get("month") or row.get("age")
            values = row | ({"pending": row["amount"]} if "amount" in row else {})
            yield [part, name, row["currency"], row["count"], *map(values.get, MEASURES)]
