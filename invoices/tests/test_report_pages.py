"""Financial reports in the back office, and what a customer's page tells."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from crm.tests.pages import text
from customers.tests.make import make_customer
from invoices.tests.make import line, make_company, make_draft, make_invoice

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
def test_files_hold_the_same_rows(browser: Client, path: str) -> None:
    make_invoice(customer=make_customer(name="=Ana"))
    csv = b"".join(browser.get(f"{path}?format=csv")).decode()
    assert "EUR,1" in csv
    assert "121.00" in csv
    assert "\n=Ana" not in csv
    assert ",=Ana" not in csv
    assert b"".join(browser.get(f"{path}?format=xlsx")).startswith(b"PK")


def test_those_who_owe_most_come_first(browser: Client) -> None:
    for name, price in (("Ana", "10"), ("Bob", "99")):
        make_invoice(line(unit_price=price), customer=make_customer(name=name))
    page = shown(browser, BY_CUSTOMER)
    assert page.index("Bob EUR") < page.index("Ana EUR")


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
