"""What was billed, what came in, what is owed; never summed across currencies.

Each document counts on its own date: an invoice on the day it was issued, and the credit note that
takes it back on the day that one was.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Sum, Value, When

from crm.base.currencies import round_half_up
from crm.base.money import ExactMoneyField
from invoices.kinds import Kind, Status
from invoices.querysets import InvoiceQuerySet

Row = dict[str, Any]
ZERO = Decimal(0)
OWED = F("total") - F("paid_amount") - F("credited_amount")
# From how many days after the due date to how many; whoever has time left is in none of them.
AGES = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90), "90+": (91, None)}
NOT_DUE = "not_due"
_MONTH = ("invoiced", "credited", "billed", "tax", "paid")
_STATE = ("total", "paid", "credited", "pending")


def rounded(row: Mapping[str, Any], currency: str, names: Sequence[str]) -> Row:
    """Return the amounts ``names`` of ``row`` as their currency writes them."""
    return {name: round_half_up(row[name], currency) for name in names}


def by_day_and_status(invoices: InvoiceQuerySet) -> list[Row]:
    """Return the sums of ``invoices`` by currency, day, kind and status, in one statement.

    By day and not by month, and without a column that it lacks: so the index has all of it, in
    this order.
    """
    groups = invoices.issued().order_by()
    sums = groups.values("currency", "issue_date", "kind", "status").annotate(
        count=Count("*"),
        total_sum=Sum("total"),
        tax_sum=Sum("tax"),
        paid_sum=Sum("paid_amount"),
        credited_sum=Sum("credited_amount"),
    )
    return list(sums.order_by("currency", "issue_date", "kind", "status"))


def months(groups: Iterable[Row]) -> list[Row]:
    """Return what was billed in each month of ``by_day_and_status``, and is paid of it."""
    found: dict[tuple[str, str], Row] = {}
    for group in groups:
        key = f"{group['issue_date']:%Y-%m}", group["currency"]
        row = found.setdefault(key, dict.fromkeys(_MONTH, ZERO) | {"count": 0})
        is_invoice = group["kind"] == Kind.INVOICE
        sign = 1 if is_invoice else -1
        row["billed"] += sign * group["total_sum"]
        row["tax"] += sign * group["tax_sum"]
        row["invoiced" if is_invoice else "credited"] += group["total_sum"]
        row["count"] += group["count"] if is_invoice else 0
        row["paid"] += group["paid_sum"] if is_invoice else 0
    return [
        {"month": month, "currency": currency, "count": row["count"]}
        | rounded(row, currency, _MONTH)
        for (month, currency), row in sorted(found.items())
    ]


def states(groups: Iterable[Row]) -> list[Row]:
    """Return how many invoices are in each state, for how much, and what is paid of them."""
    found: dict[tuple[str, str], Row] = {}
    for group in groups:
        if group["kind"] != Kind.INVOICE:
            continue
        key = group["currency"], group["status"]
        row = found.setdefault(key, dict.fromkeys(_STATE, ZERO) | {"count": 0})
        owed = group["total_sum"] - group["paid_sum"] - group["credited_sum"]
        row["count"] += group["count"]
        row["total"] += group["total_sum"]
        row["paid"] += group["paid_sum"]
        row["credited"] += group["credited_sum"]
        row["pending"] += owed
    return [
        {"status": status, "currency": currency, "count": row["count"]}
        | rounded(row, currency, _STATE)
        for (currency, status), row in sorted(found.items())
    ]


def receivables(invoices: InvoiceQuerySet, today: date) -> list[Row]:
    """Return what of ``invoices`` is still to be paid, by how long it has been due on ``today``."""
    bounds = {name: today - timedelta(days=days) for name, (days, _last) in AGES.items()}
    oldest_first = sorted(bounds.items(), key=lambda pair: pair[1])
    age = Case(
        *(When(due_date__lte=latest, then=Value(name)) for name, latest in oldest_first),
        default=Value(NOT_DUE),
        output_field=CharField(),
    )
    pending = invoices.filter(status=Status.PENDING).order_by().annotate(age=age)
    sums = pending.values("currency", "age").annotate(
        count=Count("*"), amount=Sum(OWED, output_field=ExactMoneyField())
    )
    found = {(row["currency"], row["age"]): row for row in sums}
    return [
        {
            "age": name,
            "currency": currency,
            "count": row["count"],
            "amount": round_half_up(row["amount"], currency),
        }
        for currency in sorted({currency for currency, _age in found})
        for name in (NOT_DUE, *AGES)
        for row in [found.get((currency, name), {"count": 0, "amount": ZERO})]
    ]


def of_invoices(invoices: InvoiceQuerySet, today: date) -> dict[str, list[Row]]:
    """Return all parts of the report of ``invoices``, with two statements."""
    groups = by_day_and_status(invoices)
    return {
        "states": states(groups),
        "months": months(groups),
        "receivables": receivables(invoices, today),
    }
