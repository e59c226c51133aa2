"""The company's own details, and what customers owe it."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from invoices.models import CompanyProfile
from invoices.tests.make import make_company, make_draft, make_invoice

pytestmark = pytest.mark.django_db


def test_there_is_one_company() -> None:
    make_company()
    with pytest.raises(IntegrityError):
        CompanyProfile(name="Another", currency="EUR").save()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("21,10 , 0", "21, 10, 0"), ("21 %, 4%", "21, 4"), ("8.875", "8.875"), ("0, 0", "0")],
)
def test_tax_rates_are_a_list_of_numbers(given: str, kept: str) -> None:
    assert make_company(tax_rates=given).tax_rates == kept


@pytest.mark.parametrize(
    "values",
    [
        *({"tax_rates": "twenty"}, {"tax_rates": "101"}, {"tax_rates": "-1"}, {"tax_rates": "NaN"}),
        *({"time_zone": "Mars/Olympus"}, {"currency": "XXX"}, {"payment_term_days": 366}),
        {"name": ""},
    ],
)
def test_what_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_company(**values)
    assert set(refusal.value.error_dict) == set(values)


def test_archiving_a_customer_who_owes_must_be_confirmed(as_sam: ApiClient) -> None:
    customer = make_customer()
    make_draft(customer=customer)
    paid = make_invoice(customer=customer)
    paid.record_payment(Decimal(121))
    path = f"/api/v1/customers/{customer.pk}"
    owed = make_invoice(customer=customer)
    owed.record_payment(Decimal(21))
    make_invoice(customer=customer, currency="USD")
    response = as_sam.delete(path)
    assert (response.status_code, response.json()["reasons"]) == (
        409,
        ["2 unpaid invoices: 100.00 EUR, 121.00 USD."],
    )
    assert as_sam.delete(f"{path}?confirm=true").status_code == 204
    owed.refresh_from_db()
    assert owed.record_payment(Decimal(100)).pk  # still receivable


def test_a_customer_without_debts_is_archived_at_once(as_sam: ApiClient) -> None:
    customer = make_customer()
    make_draft(customer=customer)
    make_invoice(customer=customer).cancel()
    assert as_sam.delete(f"/api/v1/customers/{customer.pk}").status_code == 204
