"""Two people edit one customer: nobody's change is overwritten unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm.base.context import acting
from crm.tests.pages import filled, told
from customers.models import Customer
from customers.tests.make import make_customer

pytestmark = pytest.mark.any_database


@pytest.fixture
def ana(maria: User) -> Customer:
    with acting(actor=maria, source="admin"):
        return make_customer(name="Ana", city="Mérida", phone="+584121234567")


@pytest.fixture
def path(ana: Customer) -> str:
    return f"/admin/customers/customer/{ana.pk}/change/"


@pytest.fixture
def browser(back_office: Callable[[User], Client], sam: User) -> Client:
    return back_office(sam)


def meanwhile(ana: Customer, maria: User, **changes: Any) -> None:
    with acting(actor=maria, source="api"):
        for name, value in changes.items():
            setattr(ana, name, value)
        ana.save()


def clashes(page: Any) -> list[tuple[str, str, str, str]]:
    found = page.context["adminform"].form.clashes
    return [(each.label, each.by, each.theirs, each.yours) for each in found]


def test_the_second_save_is_told_what_the_first_did(
    browser: Client, path: str, ana: Customer, maria: User
) -> None:
    values = filled(browser.get(path), city="Coro", surname="Paz")
    meanwhile(ana, maria, city="Lara")
    page = browser.post(path, values)
    assert page.status_code == 200
    assert clashes(page) == [("City", "maria", "Lara", "Coro")]
    assert "Somebody else changed this record" in page.content.decode()
    ana.refresh_from_db()
    assert (ana.city, ana.surname, ana.version) == ("Lara", "", 2)


@pytest.mark.every_database
def test_the_form_holds_both_changes_and_can_be_saved(
    browser: Client, path: str, ana: Customer, maria: User
) -> None:
    values = filled(browser.get(path), city="Coro")
    meanwhile(ana, maria, city="Lara", surname="Paz", age=40)
    page = browser.post(path, values)
    assert set(clashes(page)) == {
        ("City", "maria", "Lara", "Coro"),
        ("Surname", "maria", "Paz", ""),
        ("Age", "maria", "40", ""),
    }
    merged = filled(page)
    assert (merged["city"], merged["surname"], merged["age"]) == ("Coro", "Paz", 40)
    assert browser.post(path, merged).status_code == 302
    ana.refresh_from_db()
    assert (ana.city, ana.surname, ana.age, ana.version) == ("Coro", "Paz", 40, 3)


def test_a_value_that_was_emptied_is_shown_as_nothing(
    browser: Client, path: str, ana: Customer, maria: User
) -> None:
    values = filled(browser.get(path), phone="")
    meanwhile(ana, maria, phone="+584127654321")
    assert clashes(browser.post(path, values)) == [("Phone", "maria", "+584127654321", "–")]


def test_people_who_agree_do_not_clash(
    browser: Client, path: str, ana: Customer, maria: User
) -> None:
    values = filled(browser.get(path), city="Lara")
    meanwhile(ana, maria, city="Lara")
    assert clashes(browser.post(path, values)) == []


def test_choices_are_told_by_their_labels(
    browser: Client, path: str, ana: Customer, maria: User
) -> None:
    values = filled(browser.get(path))
    meanwhile(ana, maria, client_type="juridical", company_name="Ana C.A.")
    page = browser.post(path, values)
    assert ("Type", "maria", "Company", "") in clashes(page)


def test_a_conflict_comes_before_other_errors_and_keeps_what_was_typed(
    browser: Client, path: str, ana: Customer, maria: User
) -> None:
    values = filled(browser.get(path), email="nope")
    meanwhile(ana, maria, city="Lara")
    page = browser.post(path, values)
    assert clashes(page) == [("City", "maria", "Lara", "")]
    assert filled(page)["email"] == "nope"


@pytest.mark.parametrize("version", ["", "0", "abc", "-1", "99999999999999999999", "²"])
def test_a_form_without_its_version_overwrites_nothing(
    browser: Client, path: str, ana: Customer, version: str
) -> None:
    page = browser.post(path, filled(browser.get(path), city="Coro", version=version))
    assert page.status_code == 200
    assert page.context["adminform"].form.clashes is not None
    ana.refresh_from_db()
    assert (ana.city, ana.version) == ("Mérida", 1)


@pytest.mark.every_database
def test_a_record_archived_meanwhile_is_shown_with_a_sentence(
    browser: Client, path: str, ana: Customer
) -> None:
    values = filled(browser.get(path), city="Coro")
    ana.archive()
    page = browser.post(path, values, follow=True)
    assert told(page) == ["This record was archived meanwhile. Nothing was saved."]
    ana.refresh_from_db()
    assert ana.city == "Mérida"


def test_hidden_fields_stay_hidden_in_a_conflict(
    browser: Client, path: str, ana: Customer, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = classmethod(lambda cls, actor: frozenset({"tax_id"}))
    monkeypatch.setattr(Customer, "hidden_fields", hidden)
    values = filled(browser.get(path), city="Coro")
    meanwhile(ana, maria, city="Lara", tax_id="V-1")
    page = browser.post(path, values)
    assert [row[0] for row in clashes(page)] == ["City"]
    assert "V-1" not in page.content.decode()
