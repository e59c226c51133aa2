"""The history page of a customer: read-only, scoped, in words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.base.context import acting
from crm.tests.pages import text
from customers.models import Customer, CustomerQuerySet
from customers.tests.make import make_customer


@pytest.fixture
def browser(back_office: Callable[[User], Client], sam: User) -> Client:
    return back_office(sam)


@pytest.fixture
def ana(maria: User) -> Customer:
    with acting(actor=maria, source="api"):
        return make_customer(name="Ana", city="Mérida")


def path_of(customer: Customer, query: str = "") -> str:
    return f"/admin/customers/customer/{customer.pk}/history/{query}"


def test_it_tells_who_changed_what_from_where_and_why(
    browser: Client, ana: Customer, sam: User
) -> None:
    with acting(actor=sam, source="import", reason="cleaning up"):
        ana.city, ana.client_type, ana.company_name = "Lara", "juridical", "Ana C.A."
        ana.save()
    ana.archive()
    shown = text(browser.get(path_of(ana)))
    for part in (
        "Changed sam Sales · import",
        "Reason: cleaning up",
        "City Mérida → Lara",
        "Type Person → Company",
        "Company name – → Ana C.A.",
        "Created maria Management · API",
        "Archived system system",
    ):
        assert part in shown
    for silent in ("Version", "Search", "Modified", "Uuid", "ID "):
        assert silent not in shown


def test_times_are_in_the_readers_zone(browser: Client, ana: Customer, sam: User) -> None:
    sam.time_zone = "Asia/Kolkata"
    sam.save()
    assert "IST" in text(browser.get(path_of(ana)))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_takes_no_form(browser: Client, ana: Customer, method: str) -> None:
    response = getattr(browser, method)(path_of(ana), {"name": "Eva"})
    assert response.status_code == 405
    ana.refresh_from_db()
    assert (ana.name, ana.version) == ("Ana", 1)


def test_what_one_may_not_see_has_no_history(
    browser: Client, ana: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CustomerQuerySet, "visible_to", lambda self, actor: self.none())
    assert browser.get(path_of(ana)).status_code == 404


def test_hidden_fields_are_absent(
    browser: Client, ana: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana.tax_id = "V-1"
    ana.save()
    monkeypatch.setattr(Customer, "hidden_fields", lambda actor: frozenset({"tax_id"}))
    shown = text(browser.get(path_of(ana)))
    assert "V-1" not in shown
    assert "Tax number" not in shown


def test_it_is_paged(browser: Client, ana: Customer) -> None:
    for number in range(30):
        ana.city = f"City {number}"
        ana.save()
    first = browser.get(path_of(ana, "?page_size=25"))
    assert "City 28 → City 29" in text(first)
    assert (first.context["newer"], "Older" in text(first)) == (None, True)
    last = browser.get(first.context["older"])
    assert "Created maria" in text(last)
    assert last.context["older"] is None
    assert "City 28 → City 29" in text(browser.get(last.context["newer"]))


@pytest.mark.parametrize("query", ["?cursor=x", "?cursor=%00", "?page_size=0"])
def test_a_page_that_is_not_there_leads_to_the_newest(
    browser: Client, ana: Customer, query: str
) -> None:
    answer = browser.get(path_of(ana, query))
    assert (answer.status_code, answer["Location"]) == (302, path_of(ana))


def test_it_asks_as_much_for_ten_entries_as_for_two(browser: Client, ana: Customer) -> None:
    def asked() -> Any:
        with CaptureQueriesContext(connection) as queries:
            browser.get(path_of(ana))
        return len(queries)

    ana.city = "Lara"
    ana.save()
    asked()
    two = asked()
    for number in range(8):
        ana.city = f"City {number}"
        ana.save()
    assert asked() == two
