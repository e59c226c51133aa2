"""What was billed to each customer, and what of it is still to be paid."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Case, Count, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from crm.base.money import ExactMoneyField
from customers.models import Customer
from invoices.kinds import Kind, Status
from invoices.querysets import InvoiceQuerySet
from invoices.reports import OWED, ZERO, Row, rounded

CHUNK = 1000
# The amounts of a customer; each is a sum of one currency.
AMOUNTS = ("invoiced", "credited", "billed", "paid", "pending", "cancelled")
_IS_INVOICE = Q(kind=Kind.INVOICE)
_OWES = Q(pending__gt=0)
_MOST_OWED_FIRST = (
    Case(When(_OWES, then=0), default=1),
    "currency",
    Case(When(_OWES, then="pending"), default="invoiced").desc(),
    "customer_id",
)


def _sum(amount: Any, condition: Q) -> Coalesce:
    exact = ExactMoneyField()
    return Coalesce(Sum(amount, filter=condition, output_field=exact), Value(ZERO, exact))


def by_customer(invoices: InvoiceQuerySet) -> Any:
    """Return a row for each customer and currency of ``invoices``, as a queryset of mappings."""
    groups = invoices.issued().order_by().values("customer_id", "currency")
    return groups.annotate(
        count=Count("kind", filter=_IS_INVOICE),
        invoiced=_sum("total", _IS_INVOICE),
        credited=_sum("total", ~_IS_INVOICE),
        paid=_sum("paid_amount", _IS_INVOICE),
        pending=_sum(OWED, Q(status=Status.PENDING)),
        cancelled=_sum("total", Q(status=Status.CANCELLED)),
    )


def most_owed_first(invoices: InvoiceQuerySet, start: int, stop: int) -> list[Row]:
    """Return some rows of ``by_customer``: who owes most comes first, then who was billed most.

    Few documents are pending. As long as they fill the page, no others are summed up than those
    of the customers on it.
    """
    pairs = invoices.filter(status=Status.PENDING).order_by().values("customer_id", "currency")
    owing = pairs.annotate(pending=Sum(OWED, output_field=ExactMoneyField())).filter(_OWES)
    found = list(owing.order_by("currency", "-pending", "customer_id")[start:stop])
    if len(found) < stop - start:
        return list(by_customer(invoices).order_by(*_MOST_OWED_FIRST)[start:stop])
    billed = by_customer(invoices.filter(customer__in={row["customer_id"] for row in found}))
    rows = {(row["customer_id"], row["currency"]): row for row in billed}
    keys = ((row["customer_id"], row["currency"]) for row in found)
    return [rows[key] for key in keys if key in rows]  # unless merged with another meanwhile


def with_names(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows of ``by_customer`` with the names, a statement for each thousand."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        customers = Customer.objects.in_bulk({row["customer_id"] for row in chunk})
        for row in chunk:
            amounts = {**row, "billed": row["invoiced"] - row["credited"]}
            yield {
                "customer_id": row["customer_id"],
                "customer": str(customers[row["customer_id"]]),
                "currency": row["currency"],
                "count": row["count"],
                **rounded(amounts, row["currency"], AMOUNTS),
            }
