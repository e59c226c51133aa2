"""What a draft would come to, while somebody still types it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from invoices.arithmetic import Totals, taxes_on, totals_of
from invoices.lines import InvoiceLine


def estimate(
    given: Sequence[Mapping[str, Any] | None], currency: str
) -> tuple[list[Decimal | None], Totals]:
    """Return the amount of each line, and the sums; a line that is None or wrong counts nothing."""
    lines = [values and _line(values, currency) for values in given]
    taxable = [(line.tax_rate, line.amount) for line in lines if line]
    amounts = [line.amount if line else None for line in lines]
    return amounts, totals_of(taxes_on(taxable, currency), currency)


def _line(values: Mapping[str, Any], currency: str) -> InvoiceLine | None:
    line = InvoiceLine(currency=currency, **values)
    try:
        line.clean()
    except ValidationError:
        return None
    return line
