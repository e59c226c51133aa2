"""Archiving and restoring customers in the back office, one or many."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm.base.registry import archive_guards
from crm.tests.pages import text, told
from customers.models import Customer
from customers.tests.make import make_customer

pytestmark = pytest.mark.any_database

LIST = "/admin/customers/customer/"
Login = Callable[[User], Client]


def page_of(customer: Customer, name: str = "change") -> str:
    return f"{LIST}{customer.pk}/{name}/"


def bulk(verb: str, *customers: Customer, **more: Any) -> dict[str, Any]:
    pks = [str(customer.pk) for customer in customers]
    return {"action": f"{verb}_selected", "index": "0", "_selected_action": pks, **more}


def archived(*customers: Customer) -> list[bool]:
    for customer in customers:
        customer.refresh_from_db()
    return [customer.archived_at is not None for customer in customers]


@pytest.fixture
def browser(back_office: Login, maria: User) -> Client:
    return back_office(maria)


@pytest.fixture
def as_seller(back_office: Login, sam: User) -> Client:
    return back_office(sam)


@pytest.fixture
def debts() -> Iterator[None]:
    """Those who are called Debtor have debts."""

    def ask(customer: Customer) -> str | None:
        return "Two invoices are unpaid." if customer.name == "Debtor" else None

    archive_guards.add(Customer, ask)
    yield
    archive_guards.remove(Customer, ask)


def test_the_button_asks_before_it_archives(browser: Client) -> None:
    ana = make_customer(name="Ana")
    assert page_of(ana, "archive") in browser.get(page_of(ana)).content.decode()
    page = browser.get(page_of(ana, "archive"))
    assert "Archive: Ana" in text(page)
    assert archived(ana) == [False]
    response = browser.post(page_of(ana, "archive"))
    assert (response.status_code, response["Location"]) == (302, page_of(ana))
    assert told(browser.get(page_of(ana))) == ["1 record archived."]
    assert archived(ana) == [True]
    assert ana.history.first().source == "admin"


def test_reasons_against_it_are_shown_and_must_be_confirmed(browser: Client, debts: None) -> None:
    debtor = make_customer(name="Debtor")
    assert "Two invoices are unpaid." in text(browser.get(page_of(debtor, "archive")))
    page = browser.post(page_of(debtor, "archive"))
    assert page.status_code == 200
    assert "Two invoices are unpaid." in text(page)
    assert archived(debtor) == [False]
    assert browser.post(page_of(debtor, "archive"), {"confirmed": "yes"}).status_code == 302
    assert archived(debtor) == [True]


def test_what_is_archived_can_be_read_and_not_changed(browser: Client) -> None:
    ana = make_customer(name="Ana", city="Mérida")
    ana.archive()
    page = browser.get(page_of(ana))
    body = page.content.decode()
    assert "Mérida" in body
    assert "Archived ·" in text(page)
    assert 'name="city"' not in body
    assert 'name="_save"' not in body
    assert page_of(ana, "restore") in body
    assert page_of(ana, "archive") not in body


def test_a_seller_may_archive_but_not_restore(as_seller: Client) -> None:
    ana = make_customer()
    assert as_seller.post(page_of(ana, "archive")).status_code == 302
    assert archived(ana) == [True]
    assert page_of(ana, "restore") not in as_seller.get(page_of(ana)).content.decode()
    assert as_seller.get(page_of(ana, "restore")).status_code == 403
    assert as_seller.post(page_of(ana, "restore")).status_code == 403
    as_seller.post(f"{LIST}?archived=yes", bulk("restore", ana))
    assert archived(ana) == [True]


def test_it_restores(browser: Client) -> None:
    ana = make_customer()
    ana.archive()
    assert browser.post(page_of(ana, "restore")).status_code == 302
    assert archived(ana) == [False]


def test_restoring_onto_a_taken_value_says_so(browser: Client) -> None:
    ana = make_customer(name="Ana", email="ana@x.com")
    ana.archive()
    make_customer(email="ana@x.com")
    page = browser.post(page_of(ana, "restore"), follow=True)
    assert page.status_code == 200
    assert "Ana: Another record has this value already." in told(page)
    assert archived(ana) == [True]


def test_restoring_what_is_live_says_so(browser: Client) -> None:
    ana = make_customer(name="Ana")
    page = browser.post(page_of(ana, "restore"), follow=True)
    assert told(page) == ["Ana: This record is not archived."]


@pytest.mark.every_database
def test_many_are_archived_at_once(browser: Client) -> None:
    some = [make_customer() for _ in range(3)]
    other = make_customer()
    page = browser.post(LIST, bulk("archive", *some), follow=True)
    assert told(page) == ["3 records archived."]
    assert archived(*some, other) == [True, True, True, False]


def test_one_refusal_stops_them_all(browser: Client) -> None:
    first, second = make_customer(name="Ana"), make_customer(name="Bob", email="b@x.com")
    for customer in (first, second):
        customer.archive()
    make_customer(email="b@x.com")
    path = f"{LIST}?archived=yes"
    page = browser.post(path, bulk("restore", first, second), follow=True)
    assert told(page) == ["Bob: Another record has this value already."]
    assert archived(first, second) == [True, True]
    assert first.history.count() == 2


def test_reasons_against_some_are_asked_for_all(browser: Client, debts: None) -> None:
    debtor, ana = make_customer(name="Debtor"), make_customer(name="Ana")
    page = browser.post(LIST, bulk("archive", debtor, ana))
    assert "Debtor: Two invoices are unpaid." in text(page)
    assert archived(debtor, ana) == [False, False]
    repeated = {
        "_selected_action": [value for name, value in page.context["repeated"] if name[0] == "_"],
        "action": "archive_selected",
        "confirmed": "yes",
    }
    assert told(browser.post(LIST, repeated, follow=True)) == ["2 records archived."]
    assert archived(debtor, ana) == [True, True]


@pytest.mark.every_database
@pytest.mark.parametrize("pks", [["abc"], ["1", "²"], ["9" * 30], ["-1"], ["1"] * 201])
def test_a_hostile_selection_changes_nothing(browser: Client, pks: list[str]) -> None:
    ana = make_customer()
    post = bulk("archive") | {"_selected_action": pks}
    page = browser.post(LIST, post, follow=True)
    assert told(page) == ["Select at most 200 records of this list."]
    assert archived(ana) == [False]


@pytest.mark.every_database
@pytest.mark.parametrize("action", ["delete_selected", "archive_record", "", "x" * 500, "a\x00"])
def test_an_unknown_action_changes_nothing(browser: Client, action: str) -> None:
    ana = make_customer()
    page = browser.post(LIST, bulk("archive", ana) | {"action": action}, follow=True)
    assert page.status_code == 200
    assert archived(ana) == [False]


def test_whole_lists_are_not_archived(browser: Client) -> None:
    ana, bob = make_customer(), make_customer()
    page = browser.post(LIST, bulk("archive", ana, select_across="1"), follow=True)
    assert "Select at most" in told(page)[0]
    assert archived(ana, bob) == [False, False]
