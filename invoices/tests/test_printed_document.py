"""What is printed is what is stored."""

from decimal import Decimal

import pytest

from customers.tests.make import make_customer
from invoices.printing import document_of
from invoices.tests.make import line, make_company, make_invoice

pytestmark = pytest.mark.django_db


def test_an_issued_invoice_is_printed_as_it_is_stored() -> None:
    make_company(address="Gran Vía 1", postal_code="28013", city="Madrid")
    customer = make_customer(name="Ana", email="ana@example.org", country="España")
    invoice = make_invoice(line(quantity="1.5"), customer=customer, description="As agreed")
    found = document_of(invoice, b"")
    assert (found.number, str(found.kind), found.currency) == ("FAC001", "invoice", "EUR")
    assert (found.seller.name, found.seller.address) == ("Acme", ("Gran Vía 1", "28013 Madrid"))
    assert (found.buyer.address, found.buyer.contact) == (("España",), ("ana@example.org",))
    assert [(one.quantity, one.amount) for one in found.lines] == [(Decimal("1.5"), Decimal(75))]
    assert [(one.rate, one.base, one.amount) for one in found.taxes] == [
        (Decimal(21), Decimal(75), Decimal("15.75"))
    ]
    assert found.total == found.subtotal + found.tax == Decimal("90.75")
    assert found.due_date == invoice.due_date


def test_a_credit_note_names_what_it_corrects_and_asks_for_no_payment() -> None:
    make_company(bank_details="IBAN 1")
    invoice = make_invoice()
    found = document_of(invoice.cancel(), b"")
    assert found.corrects
    assert (found.corrects.number, found.corrects.issue_date) == ("FAC001", invoice.issue_date)
    assert (f"{found.paid}", f"{found.due_date}", found.payment) == ("0", "None", "")
