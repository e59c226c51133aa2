"""Payments: what is paid, in parts too, never more than is due; and taken back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from crm.base.errors import Conflict
from crm.tests.clients import ApiClient
from invoices.models import CompanyProfile, Invoice, Payment
from invoices.tests.make import line, make_draft, make_invoice

pytestmark = pytest.mark.django_db


def pay(client: ApiClient, invoice: Invoice, **body: Any) -> Any:
    return client.post(f"/api/v1/invoices/{invoice.pk}/payments", body)


def test_parts_add_up_to_paid(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    told = pay(as_maria, invoice, amount="21.00", method="cash", reference="Till 3").json()
    assert (told["amount"], told["currency"], told["method"]) == ("21.00", "EUR", "cash")
    row = as_maria.get(f"/api/v1/invoices/{invoice.pk}").json()
    assert (row["status"], row["paid_amount"], row["due_amount"]) == ("pending", "21.00", "100.00")
    assert pay(as_maria, invoice, amount="100").status_code == 201
    row = as_maria.get(f"/api/v1/invoices/{invoice.pk}").json()
    assert (row["status"], row["paid_amount"], row["due_amount"]) == ("paid", "121.00", "0.00")
    listed = as_maria.get(f"/api/v1/invoices/{invoice.pk}/payments").json()["results"]
    assert [one["amount"] for one in listed] == ["100.00", "21.00"]


def test_many_small_parts_are_exact() -> None:
    invoice = make_invoice(line(quantity=1, unit_price="0.30", tax_rate=0))
    for _ in range(3):  # of doubles, three times 0.1 are more than 0.3
        invoice.record_payment(Decimal("0.10"))
    assert (invoice.status, invoice.paid_amount) == ("paid", Decimal("0.30"))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "121.01"}, 409, "more_than_due"),
        ({"amount": "0"}, 422, "not_positive"),
        ({"amount": "-5"}, 422, "not_positive"),
        ({"amount": "1.001"}, 422, "too_precise"),
        ({"amount": "1.0001"}, 422, "max_decimal_places"),
        ({"amount": "Infinity"}, 422, "invalid"),
        ({"amount": "1", "payment_date": "2999-01-01"}, 422, "future"),
        ({"amount": "1", "method": "barter"}, 422, "invalid_choice"),
        ({"amount": "1", "currency": "USD"}, 422, "unknown"),
        ({}, 422, "required"),
    ],
)
def test_what_does_not_fit_is_refused(
    as_maria: ApiClient, body: dict[str, str], status: int, code: str
) -> None:
    invoice = make_invoice()
    response = pay(as_maria, invoice, **body)
    assert response.status_code == status
    assert [error["code"] for error in response.json()["errors"]] == [code]
    assert not Payment.objects.exists()


def test_it_says_how_much_is_due(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    invoice.record_payment(Decimal(100))
    told = pay(as_maria, invoice, amount="100").json()
    assert (told["due"], told["detail"]) == ("21.00", "Only 21.00 EUR are due.")


def test_only_an_issued_invoice_is_paid(as_maria: ApiClient) -> None:
    assert pay(as_maria, make_draft(), amount="1").json()["code"] == "not_issued"
    invoice = make_invoice()
    note = invoice.cancel()
    assert pay(as_maria, invoice, amount="1").json()["code"] == "cancelled"
    assert pay(as_maria, note, amount="1").json()["code"] == "not_an_invoice"


def test_a_payment_is_reversed_once_by_an_entry_of_its_own(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    payment = invoice.record_payment(Decimal(121))
    path = f"/api/v1/invoices/{invoice.pk}/payments/{payment.pk}/reverse"
    told = as_maria.post(path, {"reference": "Bounced"}).json()
    assert (told["amount"], told["reverses"], told["reference"]) == (
        "-121.00",
        payment.pk,
        "Bounced",
    )
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid_amount) == ("pending", 0)
    assert as_maria.post(path, {}).json()["code"] == "reversed"
    again = f"/api/v1/invoices/{invoice.pk}/payments/{told['id']}/reverse"
    assert as_maria.post(again, {}).json()["code"] == "is_reversal"
    other = f"/api/v1/invoices/{make_invoice().pk}/payments/{payment.pk}/reverse"
    assert as_maria.post(other, {}).status_code == 404
    assert invoice.record_payment(Decimal(121)).pk


def test_the_row_decides_and_not_what_was_read_of_it() -> None:
    invoice = make_invoice()
    stale = Invoice.objects.get(pk=invoice.pk)
    invoice.record_payment(Decimal(100))
    with pytest.raises(Conflict):
        stale.record_payment(Decimal(100))
    assert Payment.objects.count() == 1


def test_the_database_refuses_more_than_the_total() -> None:
    invoice = make_invoice()
    with pytest.raises(IntegrityError):
        Invoice.objects.filter(pk=invoice.pk).audited_update(paid_amount=Decimal(122))


def test_the_date_may_be_earlier_than_today() -> None:
    yesterday = CompanyProfile.objects.today() - timedelta(days=1)
    assert make_invoice().record_payment(Decimal(1), on=yesterday).payment_date == yesterday


def test_who_paid_and_who_entered_it_is_in_the_history(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    pay(as_maria, invoice, amount="121")
    entries = as_maria.get(f"/api/v1/invoices/{invoice.pk}/history").json()["results"]
    assert entries[0]["new_values"] == {"paid_amount": "121.00", "status": "paid"}
    assert entries[0]["user"]["name"] == "maria"
