"""Issuing: the number, the dates, the copies."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.models import User
from crm.base.errors import Conflict
from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from invoices.models import CompanyProfile, Invoice, Kind, NumberCounter, NumberSeries
from invoices.tests.make import line, make_company, make_draft, make_invoice

pytestmark = pytest.mark.django_db

ANY: Any = {"HTTP_IF_MATCH": "*"}


def issue(client: ApiClient, draft: Invoice, **body: Any) -> Any:
    return client.post(f"/api/v1/invoices/{draft.pk}/issue", body, **ANY)


def test_it_gives_the_next_number_and_copies_who_sells_and_who_buys(as_maria: ApiClient) -> None:
    make_company(name="Acme", tax_id="B1", payment_term_days=10, time_zone="UTC")
    customer = make_customer(name="Ana", address="Calle 1")
    told = issue(as_maria, make_draft(customer=customer), issue_date="2026-01-31").json()
    assert (told["number"], told["sequence"], told["status"]) == ("FAC001", 1, "pending")
    assert (told["issue_date"], told["due_date"]) == ("2026-01-31", "2026-02-10")
    assert (told["seller_name"], told["seller_tax_id"]) == ("Acme", "B1")
    assert (told["billing_name"], told["billing_address"]) == ("Ana", "Calle 1")
    assert told["due_amount"] == "121.00"
    customer.name, customer.address = "Anna", "Calle 2"
    customer.save()
    make_company(name="Acme & Sons")
    again = as_maria.get(f"/api/v1/invoices/{told['id']}").json()
    assert (again["seller_name"], again["billing_name"]) == ("Acme", "Ana")
    assert make_invoice().number == "FAC002"


def test_nothing_is_issued_twice(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    response = issue(as_maria, invoice)
    assert (response.status_code, response.json()["code"]) == (409, "not_draft")
    assert make_invoice().number == "FAC002"


def test_it_needs_a_company_and_lines_and_takes_no_number_without(as_maria: ApiClient) -> None:
    draft = make_draft()
    assert issue(as_maria, draft).json()["code"] == "company_missing"
    make_company()
    draft.write([])
    response = issue(as_maria, draft)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "lines")
    assert not NumberCounter.objects.exists()


def test_a_customer_s_own_due_date_is_kept_and_not_before_the_date(as_maria: ApiClient) -> None:
    make_company()
    today = CompanyProfile.objects.today()
    assert issue(as_maria, make_draft(due_date=today)).json()["due_date"] == str(today)
    response = issue(as_maria, make_draft(due_date=date(2020, 1, 1)))
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "due_date")


def test_numbers_and_dates_go_the_same_way(as_maria: ApiClient) -> None:
    make_invoice(on=date(2026, 3, 1))
    response = issue(as_maria, make_draft(), issue_date="2026-02-28")
    assert (response.status_code, response.json()["code"]) == (409, "date_goes_back")
    assert issue(as_maria, make_draft(), issue_date="2026-03-01").json()["number"] == "FAC002"
    response = issue(as_maria, make_draft(), issue_date="2999-01-01")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "future")


@pytest.mark.parametrize(
    ("zone", "expected"), [("America/Caracas", "2025-12-31"), ("Asia/Tokyo", "2026-01-01")]
)
def test_the_day_and_the_year_are_those_where_the_company_is(zone: str, expected: str) -> None:
    make_company(time_zone=zone)
    pattern = {"pattern": "{series}-{year}-{number}", "yearly_reset": True}
    NumberSeries.objects.create(kind=Kind.INVOICE, code="F", **pattern)
    with time_machine.travel(datetime(2025, 12, 31, 20, tzinfo=UTC), tick=False):
        draft = make_draft()
        draft.issue()
    assert str(draft.issue_date) == expected
    assert draft.number == f"F-{expected[:4]}-001"


def test_overdue_begins_at_the_company_s_midnight(
    sam: User, as_user: Callable[[User], ApiClient]
) -> None:
    make_company(time_zone="America/Caracas", payment_term_days=0)  # UTC-4
    with time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=UTC)):
        invoice = make_draft()
        invoice.issue()
    path = f"/api/v1/invoices/{invoice.pk}"

    def told(hour: int, minute: int = 0) -> tuple[Any, ...]:
        with time_machine.travel(datetime(2026, 5, 2, hour, minute, tzinfo=UTC)):
            client = as_user(sam)
            listed = client.get("/api/v1/invoices?overdue=true").json()["results"]
            row = client.get(path).json()
        return row["overdue"], row["days_overdue"], len(listed)

    assert told(3, 59) == (False, 0, 0)
    assert told(4, 1) == (True, 1, 1)


def test_a_series_begins_anew_every_year_and_continues_meanwhile() -> None:
    make_company()
    NumberSeries.objects.create(
        kind=Kind.INVOICE, code="A", pattern="{yy}/{series}{number}", padding=2, yearly_reset=True
    )
    days = [date(2024, 12, 30), date(2024, 12, 31), date(2025, 1, 1), date(2026, 1, 1)]
    found = [make_invoice(on=day) for day in days]
    assert [invoice.number for invoice in found] == ["24/A01", "24/A02", "25/A01", "26/A01"]
    ordered = Invoice.objects.order_by("series", "series_year", "sequence")
    assert list(ordered) == found


def test_numbers_grow_past_their_digits_and_sort_as_numbers(as_sam: ApiClient) -> None:
    first = make_invoice()
    NumberCounter.objects.filter(series="FAC").update(last=998)
    assert [make_invoice().number, make_invoice().number] == ["FAC999", "FAC1000"]
    rows = as_sam.get("/api/v1/invoices?ordering=number&status=pending").json()["results"]
    assert [row["number"] for row in rows] == [first.number, "FAC999", "FAC1000"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        *(({"pattern": "FAC"}, "pattern"), ({"pattern": "{number!r}"}, "pattern")),
        *(({"pattern": "{number.real}"}, "pattern"), ({"pattern": "{0}{number}"}, "pattern")),
        *(({"pattern": "{number"}, "pattern"), ({"pattern": "{number:>99}"}, "pattern")),
        *(({"yearly_reset": True}, "pattern"), ({"padding": 0}, "padding"), ({"code": ""}, "code")),
        *(({"padding": 13}, "padding"), ({"code": "NC"}, "code")),
        ({"pattern": "x" * 30 + "{number}"}, "pattern"),
    ],
)
def test_a_pattern_that_would_not_do_is_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        NumberSeries.objects.create(**{"kind": Kind.INVOICE, "code": "FAC"} | values)
    assert set(refusal.value.error_dict) == {field}


def test_a_number_that_is_taken_is_a_conflict_and_leaves_the_draft(as_maria: ApiClient) -> None:
    make_invoice()
    # Another code under which the same number comes about.
    NumberSeries.objects.create(kind=Kind.INVOICE, code="X", pattern="FAC{number}")
    draft = make_draft()
    response = issue(as_maria, draft)
    assert (response.status_code, response.json()["code"]) == (409, "number_taken")
    assert response.json()["detail"].startswith("FAC001 is taken.")
    draft.refresh_from_db()
    assert (draft.status, draft.number) == ("draft", None)
    assert not NumberCounter.objects.filter(series="X").exists()


def test_an_invoice_of_nothing_is_paid_at_once() -> None:
    assert make_invoice(line(unit_price=0)).status == "paid"


def test_what_fails_midway_takes_no_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_company()
    draft = make_draft()

    def fail(*args: Any) -> None:
        raise Conflict

    with monkeypatch.context() as patch:
        patch.setattr("invoices.issuing.number", fail)
        with pytest.raises(Conflict):
            draft.issue()
    assert make_invoice().number == "FAC001"
