"""Reports: what was billed, paid and is owed, in each currency by itself."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.base.models import SecurityEvent
from crm.base.tables import XLSX
from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from invoices import customer_report
from invoices.models import CompanyProfile, Invoice
from invoices.tests.make import line, make_company, make_draft, make_invoice, of

pytestmark = pytest.mark.django_db

CUSTOMERS, INVOICES = "/api/v1/reports/customers", "/api/v1/reports/invoices"
JANUARY, MARCH = date(2026, 1, 15), date(2026, 3, 10)


def rows_of(response: Any) -> list[list[str]]:
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def cells_of(response: Any) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response)))
    return [list(row) for row in book.active.iter_rows()]


@pytest.fixture
def ana() -> Any:
    """Owes 60 of 100, had 30 of 50 cancelled away in March, and paid 7 dollars."""
    customer = make_customer(name="Ana")
    first = make_invoice(of(100), customer=customer, on=JANUARY)
    first.record_payment(Decimal(40))
    second = make_invoice(of(50), customer=customer, on=JANUARY)
    with time_machine.travel(MARCH):
        second.cancel()
        second_customer = make_customer(name="Bo")
        make_draft(of(1000), customer=second_customer)
    dollars = make_invoice(of(7), customer=customer, currency="USD", on=MARCH)
    dollars.record_payment(Decimal(7))
    return customer


def test_a_customer_s_row_is_of_one_currency(as_sam: ApiClient, ana: Any) -> None:
    euros, dollars = as_sam.get(CUSTOMERS).json()["results"]
    assert euros == {
        "customer_id": ana.pk,
        "customer": "Ana",
        "currency": "EUR",
        "count": 2,
        "invoiced": "150.00",
        "credited": "50.00",
        "billed": "100.00",
        "paid": "40.00",
        "pending": "60.00",
        "cancelled": "50.00",
    }
    assert (dollars["currency"], dollars["billed"], dollars["pending"]) == ("USD", "7.00", "0.00")


def test_each_document_counts_in_its_own_month(as_sam: ApiClient, ana: Any) -> None:
    report = as_sam.get(f"{INVOICES}?currency=eur").json()
    found = {row["month"]: (row["count"], row["billed"], row["paid"]) for row in report["months"]}
    assert found == {"2026-01": (2, "150.00", "40.00"), "2026-03": (0, "-50.00", "0.00")}
    states = {
        row["status"]: (row["count"], row["total"], row["pending"]) for row in report["states"]
    }
    assert states == {"pending": (1, "100.00", "60.00"), "cancelled": (1, "50.00", "0.00")}


def test_a_range_of_dates_is_of_the_documents_dates(as_sam: ApiClient, ana: Any) -> None:
    until = "issue_date_before=2026-01-31"
    [row] = as_sam.get(f"{CUSTOMERS}?{until}").json()["results"]
    assert (row["billed"], row["credited"], row["pending"]) == ("150.00", "0.00", "60.00")
    [row] = as_sam.get(f"{CUSTOMERS}?issue_date_after=2026-02-01&currency=EUR").json()["results"]
    assert (row["count"], row["billed"]) == (0, "-50.00")
    assert as_sam.get(f"{CUSTOMERS}?customer={ana.pk + 1}").json()["results"] == []
    backwards = "issue_date_after=2026-02-01&issue_date_before=2026-01-31"
    wrong = ("issue_date_after=31.1.2026", backwards, "currency=XXZ", "format=xml", "month=1")
    for query in ("currency=", "currency=hrk", *wrong):
        status = as_sam.get(f"{INVOICES}?{query}").status_code
        assert status == (400 if query in wrong else 200), query


def test_receivables_have_the_age_of_their_due_date_where_the_company_is(
    as_sam: ApiClient,
) -> None:
    make_company(payment_term_days=0)
    today = CompanyProfile.objects.today()
    for days in (91, 90, 61, 60, 31, 30, 0):
        make_invoice(of(1), on=today - timedelta(days=days))
    make_draft(of(5), due_date=today + timedelta(days=9)).issue()
    found = {row["age"]: row["amount"] for row in as_sam.get(INVOICES).json()["receivables"]}
    assert found == {
        "not_due": "5.00",
        "0-30": "2.00",
        "31-60": "2.00",
        "61-90": "2.00",
        "90+": "1.00",
    }


def test_the_whole_agrees_with_its_parts(as_sam: ApiClient) -> None:
    for number in range(50):
        invoice = make_invoice(
            line(quantity=number + 1, unit_price="3.335"), line(unit_price=number, tax_rate="8.875")
        )
        if number % 3 == 0:
            invoice.record_payment(min(invoice.total, Decimal(20)))
        elif number % 7 == 0:
            invoice.cancel()
    documents = [
        as_sam.get(f"/api/v1/invoices/{pk}").json()
        for pk in Invoice.objects.values_list("pk", flat=True)
    ]
    signs = {"invoice": 1, "credit_note": -1}
    billed = sum(signs[one["kind"]] * Decimal(one["total"]) for one in documents)
    due = sum(Decimal(one["due_amount"]) for one in documents)
    [month] = as_sam.get(INVOICES).json()["months"]
    customers = as_sam.get(f"{CUSTOMERS}?page_size=200").json()["results"]
    assert Decimal(month["billed"]) == sum(Decimal(row["billed"]) for row in customers) == billed
    assert sum(Decimal(row["pending"]) for row in customers) == due
    for one in documents:
        lines = sum(Decimal(each["amount"]) for each in one["lines"])
        assert (lines, lines + Decimal(one["tax"])) == (
            Decimal(one["subtotal"]),
            Decimal(one["total"]),
        )


def test_files_hold_what_the_json_says(as_sam: ApiClient, ana: Any) -> None:
    told = as_sam.get(CUSTOMERS).json()["results"]
    head, *rows = rows_of(as_sam.get(f"{CUSTOMERS}?format=csv"))
    assert [dict(zip(head, row, strict=True)) for row in rows] == [
        {name: str(value) for name, value in row.items()} for row in told
    ]
    head_cells, *cells = cells_of(as_sam.get(CUSTOMERS, HTTP_ACCEPT=XLSX))
    assert [cell.value for cell in head_cells] == head
    assert [cells[0][5].value, cells[0][5].number_format] == [50, "0.00"]
    parts = rows_of(as_sam.get(INVOICES, HTTP_ACCEPT="text/csv"))
    assert {row[0] for row in parts[1:]} == {"states", "months", "receivables"}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_a_name_that_looks_like_a_formula_stays_a_text(as_sam: ApiClient, name: str) -> None:
    make_invoice(customer=make_customer(name=name))
    [_head, row] = rows_of(as_sam.get(f"{CUSTOMERS}?format=csv"))
    assert row[1] == f"'{name}"
    [_heads, cells] = cells_of(as_sam.get(f"{CUSTOMERS}?format=xlsx"))
    assert (cells[1].value, cells[1].data_type) == (name, "s")


def test_an_export_is_a_security_event_and_a_look_is_not(as_sam: ApiClient, ana: Any) -> None:
    as_sam.get(INVOICES)
    assert not SecurityEvent.objects.filter(kind="exported").exists()
    b"".join(as_sam.get(f"{INVOICES}?format=xlsx&currency=EUR"))
    event = SecurityEvent.objects.get(kind="exported")
    assert (event.actor_name, event.details["table"]) == ("sam", "invoices")
    assert event.details["filters"] == {"currency": "EUR"}


def test_exports_are_limited(as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.base.tables.RATE", "2/h")
    asked = [as_sam.get(f"{INVOICES}?format=csv").status_code for _ in range(3)]
    assert asked == [200, 200, 429]
    assert as_sam.get(INVOICES).status_code == 200


@pytest.mark.parametrize("path", [CUSTOMERS, INVOICES])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_it_costs_as_much_at_ten_customers_as_at_one(
    as_sam: ApiClient, path: str, form: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            b"".join(as_sam.get(f"{path}?format={form}"))
        return len(captured)

    make_invoice()
    queries()
    one = queries()
    for _ in range(9):
        make_invoice(currency="USD").record_payment(Decimal(1))
    assert queries() == one


def test_pages_follow_each_other(as_sam: ApiClient) -> None:
    customers = [make_invoice().customer_id for _ in range(3)]
    first = as_sam.get(f"{CUSTOMERS}?page_size=2&count=true").json()
    second = as_sam.get(first["next"]).json()
    found = [row["customer_id"] for row in first["results"] + second["results"]]
    assert (found, first["count"], second["next"]) == (customers, 3, None)


def test_the_command_line_s_rows_are_the_same(ana: Any) -> None:
    sums = customer_report.by_customer(Invoice.objects.all()).order_by("currency")
    rows = list(customer_report.with_names(sums))
    assert [row["billed"] for row in rows] == [Decimal("100.00"), Decimal("7.00")]
