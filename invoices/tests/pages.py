"""Pages of documents, as tests fill them in."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.tests.pages import filled
from invoices.models import Invoice

LIST = "/admin/invoices/invoice/"
ADD = f"{LIST}add/"
HOUR = {"description": "Hour", "quantity": "2", "unit_price": "50", "tax_rate": "21"}


def page_of(invoice: Invoice, name: str = "change") -> str:
    return f"{LIST}{invoice.pk}/{name}/"


def rows(*lines: Mapping[str, str]) -> dict[str, str]:
    """Return what a browser sends of the rows ``lines``."""
    sent = {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "0"}
    for index, line in enumerate(lines):
        sent |= {f"lines-{index}-{name}": value for name, value in line.items()}
    return sent


def written(page: Any, lines: Sequence[Mapping[str, str]], **changes: Any) -> dict[str, Any]:
    """Return the page's form with ``changes`` and ``lines`` typed in."""
    return {**filled(page, **changes), **rows(*lines)}


def shown_rows(page: Any) -> list[dict[str, Any]]:
    """Return what the rows of the form hold, less the empty ones."""
    forms = page.context["lines"].forms
    values = [{name: form[name].value() for name in form.fields} for form in forms]
    return [row for row in values if row["description"] or row["unit_price"]]


def stored(invoice: Invoice) -> list[tuple[str, str]]:
    lines = Invoice.objects.get(pk=invoice.pk).lines.all()
    return [(line.description, f"{line.amount:f}") for line in lines]
