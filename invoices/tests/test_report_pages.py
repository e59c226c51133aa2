"""Financial reports in the back office, and what a customer's page tells."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.tests.pages import text
from customers.tests.make import make_customer
from invoices.customer_report import by_customer, most_owed_first
from invoices.models import Invoice
from invoices.tests.make import make_company, make_draft, make_invoice, of

REPORT = "/admin/invoices/invoice/reports/"
BY_CUSTOMER = f"{REPORT}customers/"


@pytest.fixture
def browser(back_office: Callable[[User], Client], sam: User) -> Client:
    return back_office(sam)


def shown(browser: Client, path: str) -> str:
    return text(browser.get(path)).replace("\xa0", " ")


def test_months_states_and_ages_are_shown(browser: Client) -> None:
    make_invoice().record_payment(Decimal(21))
    make_invoice(currency="JPY")
    page = shown(browser, REPORT)
    assert "Not due yet EUR 1 100.00" in page
    assert "Pending EUR 1 121.00 21.00 0.00 100.00" in page
    assert "Pending JPY 1 121 0 0 121" in page


@pytest.mark.parametrize(
    ("path", "title"), [(REPORT, "By month and age"), (BY_CUSTOMER, "By customer")]
)
def test_the_report_that_is_shown_is_marked(browser: Client, path: str, title: str) -> None:
    page = browser.get(path).content.decode()
    assert f'aria-current="page">{title}</a>' in page


def test_dates_and_currency_narrow_it(browser: Client) -> None:
    today = make_company().today()
    make_invoice()
    make_invoice(currency="JPY")
    assert " EUR 1" not in shown(browser, f"{REPORT}?currency=JPY")
    assert "Nothing in this time." in shown(browser, f"{REPORT}?issue_date_before=2001-01-01")
    assert " EUR 1" in shown(browser, f"{REPORT}?issue_date_after={today}")


@pytest.mark.parametrize("path", [REPORT, BY_CUSTOMER])
@pytest.mark.parametrize(
    "query",
    [
        *("currency=X%00", "issue_date_after=soon", "issue_date_after=0000-00-00", "p=%C2%B2"),
        *("p=-1", "p=99999999999999999999", "format=exe", "unknown=1"),
    ],
)
def test_what_makes_no_sense_is_told_or_left_alone(browser: Client, path: str, query: str) -> None:
    make_invoice()
    assert browser.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("path", [REPORT, BY_CUSTOMER])
@pytest.mark.parametrize("query", ["currency=XXX", "issue_date_after=31/31/2026"])
def test_a_mistake_is_told_instead_of_answered_with_all(
    browser: Client, path: str, query: str
) -> None:
    make_invoice()
    page = browser.get(f"{path}?format=csv&{query}")
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.context["form"].errors


@pytest.mark.parametrize("path", [REPORT, BY_CUSTOMER])
def test_files_hold_the_same_rows(browser: Client, path: str) -> None:
    make_invoice(customer=make_customer(name="=Ana"))
    csv = b"".join(browser.get(f"{path}?format=csv")).decode()
    assert "EUR,1" in csv
    assert "121.00" in csv
    assert "\n=Ana" not in csv
    assert ",=Ana" not in csv
    assert b"".join(browser.get(f"{path}?format=xlsx")).startswith(b"PK")


def test_those_who_owe_most_come_first_and_then_who_was_billed_most(browser: Client) -> None:
    for name, price, paid in (("Ana", 10, 0), ("Bob", 99, 0), ("Cem", 500, 500), ("Dan", 99, 1)):
        invoice = make_invoice(of(price), customer=make_customer(name=name))
        if paid:
            invoice.record_payment(Decimal(paid))
    page = shown(browser, BY_CUSTOMER)
    found = [page.index(f"{name} EUR") for name in ("Bob", "Dan", "Ana", "Cem")]
    assert found == sorted(found)


@pytest.mark.usefixtures("a_few_who_owe")
@pytest.mark.parametrize("size", range(1, 9))
def test_every_page_continues_where_the_one_before_ended(size: int) -> None:
    invoices = Invoice.objects.all()
    rows = by_customer(invoices)
    ordered = sorted(
        rows,
        key=lambda row: (
            row["pending"] == 0,
            row["currency"],
            -(row["pending"] or row["invoiced"]),
            row["customer_id"],
        ),
    )
    for start in range(len(ordered) + 1):
        assert most_owed_first(invoices, start, start + size) == ordered[start : start + size]


@pytest.fixture
def a_few_who_owe(db: None) -> None:
    """Seven rows of five customers: of two currencies, some alike, some paid, one half credited."""
    people = [make_customer() for _ in range(5)]
    for number, currency, amount in (
        *((0, "EUR", 100), (1, "EUR", 100), (2, "EUR", 7), (2, "EUR", 200)),
        *((3, "USD", 5), (3, "EUR", 1), (4, "AUD", 900), (4, "EUR", 1)),
    ):
        make_invoice(of(amount), customer=people[number], currency=currency)
    for amount in (200, 900, 1):
        for invoice in Invoice.objects.filter(total=amount):
            invoice.record_payment(Decimal(amount))
    credited = Invoice.objects.get(total=7)
    credited.credit([{"line": credited.lines.get().pk, "amount": Decimal(3)}])
    make_draft(of(10_000), customer=people[0])


@pytest.mark.django_db
def test_a_page_of_those_who_owe_sums_up_no_other_customers() -> None:
    owing = make_invoice(of(7)).customer_id
    make_invoice(of(5)).record_payment(Decimal(5))
    with CaptureQueriesContext(connection) as asked:
        (row,) = most_owed_first(Invoice.objects.all(), 0, 1)
    assert row["customer_id"] == owing
    assert f"IN ({owing})" in asked.captured_queries[1]["sql"]


def test_a_customers_page_lists_their_documents_with_sums(browser: Client) -> None:
    customer = make_customer(name="Ana")
    make_invoice(customer=customer).record_payment(Decimal(121))
    make_invoice(customer=customer)
    make_draft(customer=customer)
    make_invoice()
    page = shown(browser, f"/admin/customers/customer/{customer.pk}/change/")
    assert "Paid 1 · 121.00 EUR" in page
    assert "Pending 1 · 121.00 EUR" in page
    assert "FAC001" in page
    assert "FAC003" not in page
    assert (
        f"/admin/invoices/invoice/add/?customer={customer.pk}"
        in browser.get(f"/admin/customers/customer/{customer.pk}/change/").content.decode()
    )
