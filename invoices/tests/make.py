from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from crm.base.images import make_photo
from crm.base.photo_files import store
from customers.tests.make import make_customer
from customers.tests.pictures import content
from invoices.models import CompanyProfile, Invoice

HOUR = {
    "description": "Consulting, one hour",
    "quantity": "2",
    "unit_price": "50",
    "tax_rate": "21",
}
Lines = Sequence[Mapping[str, Any]]


def make_company(**fields: Any) -> CompanyProfile:
    """Return the stored company; a second call changes it."""
    company = CompanyProfile.objects.current()
    for name, value in ({"name": "Acme", "currency": "EUR"} | fields).items():
        setattr(company, name, value)
    company.save()
    return company


def line(**values: Any) -> dict[str, Any]:
    """Return what somebody enters of a line; a bare call gives two hours of 50.00, 21 % tax."""
    numbers = {"quantity", "unit_price", "tax_rate"}
    given = HOUR | values
    return {name: Decimal(str(v)) if name in numbers else v for name, v in given.items()}


def of(amount: int, **values: Any) -> dict[str, Any]:
    """Return a line of ``amount`` without tax."""
    return line(quantity=1, unit_price=amount, tax_rate=0, **values)


def make_draft(*lines: Mapping[str, Any], **fields: Any) -> Invoice:
    """Return a stored draft of 121.00 EUR for somebody, unless told otherwise."""
    customer = fields.pop("customer", None) or make_customer()
    invoice = Invoice(**{"customer": customer, "currency": "EUR"} | fields)
    invoice.write(lines or [line()])
    return invoice


def make_invoice(*lines: Mapping[str, Any], on: date | None = None, **fields: Any) -> Invoice:
    """Return an issued invoice, of 121.00 EUR unless told otherwise."""
    make_company()
    invoice = make_draft(*lines, **fields)
    invoice.issue(on)
    return invoice


def stored_logo() -> str:
    """Store a picture, and return its digest."""
    return store(make_photo(BytesIO(content())))
