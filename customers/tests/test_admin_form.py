"""A customer's page in the back office: adding and changing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm.tests.pages import errors, filled, told
from customers.models import Customer
from customers.tests.make import make_customer

pytestmark = pytest.mark.any_database

ADD = "/admin/customers/customer/add/"
Login = Callable[[User], Client]


def page_of(customer: Customer) -> str:
    return f"/admin/customers/customer/{customer.pk}/change/"


@pytest.fixture
def browser(back_office: Login, sam: User) -> Client:
    return back_office(sam)


@pytest.mark.every_database
def test_it_adds_a_customer_in_canonical_form(browser: Client, sam: User) -> None:
    values = filled(browser.get(ADD), name=" Ana ", phone="0412-345 67 89", email="ANA@x.com")
    response = browser.post(ADD, values)
    assert (response.status_code, response["Location"]) == (302, "/admin/customers/customer/")
    ana = Customer.objects.get()
    assert (ana.name, ana.phone, ana.email) == ("Ana", "+584123456789", "ana@x.com")
    assert ana.created_by == sam
    entry = ana.history.get()
    assert (entry.history_type, entry.actor_name, entry.source) == ("+", "sam", "admin")


def test_it_changes_a_customer(browser: Client, sam: User) -> None:
    ana = make_customer(name="Ana", city="Mérida")
    page = browser.get(page_of(ana))
    assert browser.post(page_of(ana), filled(page, city="Lara")).status_code == 302
    ana.refresh_from_db()
    assert (ana.city, ana.version, ana.modified_by) == ("Lara", 2, sam)
    assert ana.history.count() == 2


def test_an_unchanged_form_writes_nothing(browser: Client) -> None:
    ana = make_customer(
        name="Ana", phone="+584121234567", email="ana@x.com", country="Chile", age=3
    )
    response = browser.post(page_of(ana), filled(browser.get(page_of(ana))), follow=True)
    assert told(response) == ["You changed nothing, so nothing was saved."]
    ana.refresh_from_db()
    assert (ana.version, ana.history.count()) == (1, 1)


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": ""}, "name", "required"),
        ({"client_type": "juridical"}, "company_name", "required"),
        ({"client_type": "alien"}, "client_type", "valid choice"),
        ({"phone": "12"}, "phone", "area code"),
        ({"email": "nope"}, "email", "valid email"),
        ({"age": "151"}, "age", "150"),
        ({"age": "99999999999999999999"}, "age", ""),
        ({"name": "x" * 151}, "name", "150"),
        ({"name": "a\x00b"}, "name", "Null"),
        ({"name": "a\u202eb"}, "name", "reverse"),
        ({"photo_url": "http://x.com/a.png"}, "photo_url", "https"),
        ({"photo_url": "javascript:alert(1)"}, "photo_url", "URL"),
    ],
)
def test_a_bad_value_comes_back_with_its_reason(
    browser: Client, typed: dict[str, Any], field: str, message: str
) -> None:
    page = browser.post(ADD, {**filled(browser.get(ADD)), "name": "Ana", **typed})
    assert page.status_code == 200
    assert message in errors(page)[field]
    assert not Customer.objects.exists()


@pytest.mark.every_database
def test_a_taken_phone_names_who_has_it(browser: Client) -> None:
    bob = make_customer(name="Bob <b>", phone="+584121234567")
    page = browser.post(ADD, filled(browser.get(ADD), name="Ana", phone="0412 1234567"))
    assert page.status_code == 200
    assert set(errors(page)) == {"phone"}
    assert f'href="{page_of(bob)}">Bob &lt;b&gt;</a> has this already.' in page.content.decode()
    assert Customer.objects.count() == 1


@pytest.mark.every_database
def test_all_that_others_have_comes_back_with_who_has_it(browser: Client) -> None:
    bob = make_customer(name="Bob", phone="+584121234567")
    eve = make_customer(name="Eve", email="eve@x.com")
    typed = {"name": "Ana", "phone": "0412 1234567", "email": "eve@x.com"}
    page = browser.post(ADD, filled(browser.get(ADD), **typed))
    assert set(errors(page)) == {"phone", "email"}
    for holder in (bob, eve):
        assert f'href="{page_of(holder)}">{holder}</a> has this already.' in page.content.decode()


@pytest.mark.every_database
def test_a_taken_email_on_a_change_leaves_the_record_alone(browser: Client) -> None:
    make_customer(email="bob@x.com")
    ana = make_customer(email="ana@x.com")
    page = browser.post(page_of(ana), filled(browser.get(page_of(ana)), email="BOB@x.com"))
    assert "has this already" in errors(page)["email"]
    ana.refresh_from_db()
    assert (ana.email, ana.version) == ("ana@x.com", 1)


@pytest.mark.every_database
def test_an_archived_holder_of_an_external_number_is_named_too(browser: Client) -> None:
    make_customer(name="Bob", external_id="X1").archive()
    page = browser.post(ADD, filled(browser.get(ADD), name="Ana", external_id="X1"))
    assert "Bob" in errors(page)["external_id"]


def test_hidden_fields_are_neither_shown_nor_set(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = classmethod(lambda cls, actor: frozenset({"tax_id", "email"}))
    monkeypatch.setattr(Customer, "hidden_fields", hidden)
    ana = make_customer(tax_id="V-1", email="ana@x.com")
    page = browser.get(page_of(ana))
    values = filled(page)
    assert not {"tax_id", "email"} & set(values)
    assert "V-1" not in page.content.decode()
    assert "ana@x.com" not in browser.get("/admin/customers/customer/").content.decode()
    browser.post(page_of(ana), {**values, "name": "Eva", "tax_id": "V-2"})
    ana.refresh_from_db()
    assert (ana.name, ana.tax_id) == ("Eva", "V-1")


@pytest.mark.parametrize("field", ["created_by", "archived_at", "photo", "uuid", "search_text"])
def test_what_the_system_sets_cannot_be_posted(browser: Client, field: str) -> None:
    ana = make_customer()
    before = getattr(ana, field)
    browser.post(page_of(ana), filled(browser.get(page_of(ana)), city="Lara") | {field: "7"})
    ana.refresh_from_db()
    assert ana.city == "Lara"
    assert getattr(ana, field) == before or field == "search_text"
    assert ana.search_text != "7"


@pytest.mark.every_database
@pytest.mark.parametrize("pk", ["0", "999999", "99999999999999999999", "abc", "1%00", "_5F"])
@pytest.mark.parametrize("page", ["change", "history", "archive", "restore", "photo"])
def test_an_address_of_no_record_is_not_found(browser: Client, pk: str, page: str) -> None:
    assert browser.get(f"/admin/customers/customer/{pk}/{page}/").status_code in (403, 404)


def test_nothing_can_be_deleted(browser: Client, back_office: Login, alice: User) -> None:
    ana = make_customer()
    for client in (browser, back_office(alice)):
        response = client.post(f"/admin/customers/customer/{ana.pk}/delete/", {"post": "yes"})
        assert response.status_code == 403
    assert Customer.objects.count() == 1


def test_stored_markup_is_shown_as_text(browser: Client) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    ana = make_customer(name=evil, company_name=evil, city=evil)
    for path in (
        page_of(ana),
        "/admin/customers/customer/",
        "/admin/day/",
        "/admin/search/?s=script",
    ):
        body = browser.get(path).content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
    history = f"/admin/customers/customer/{ana.pk}/history/"
    assert "<script>alert" not in browser.get(history).content.decode()
