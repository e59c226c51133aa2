"""The start page of the back office: what each role finds there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import translation
from django.utils.text import capfirst

from accounts.models import User
from crm.base.context import acting
from crm.tests.pages import text
from customers.models import CustomerQuerySet
from customers.tests.make import make_customer
from invoices.models import CompanyProfile
from leads.tests.make import make_lead

Login = Callable[[User], Client]
PEOPLE = ["alice", "maria"]
SALES = {"My day", "Board", "Leads", "Follow-ups", "Actions", "Customers"}
SALES |= {"Invoices", "Payments", "Financial report"}
SIDEBAR: Any = settings.UNFOLD["SIDEBAR"]
MENU = [item for group in SIDEBAR["navigation"] for item in group["items"]]


def test_it_counts_live_customers_by_type(back_office: Login, maria: User) -> None:
    make_customer()
    make_customer()
    make_customer(client_type="juridical", company_name="A")
    make_customer().archive()
    shown = text(back_office(maria).get("/admin/"))
    for part in ("Customers 3", "New in 30 days 3", "Person 2", "Company 1"):
        assert part in shown


def test_it_lists_the_ten_latest_with_who_added_them(
    back_office: Login, maria: User, sam: User
) -> None:
    with acting(actor=sam):
        for number in range(11):
            make_customer(name=f"Ana {number}")
    shown = text(back_office(maria).get("/admin/"))
    assert shown.index("Ana 10") < shown.index("Ana 1 ")
    assert "Ana 0" not in shown
    assert "· sam" in shown


@pytest.mark.parametrize("language", ["en", "es", "ru"])
def test_a_list_is_called_in_the_menu_what_its_page_calls_it(language: str) -> None:
    with translation.override(language):
        menu = {resolve(str(item["link"])).url_name: str(item["title"]) for item in MENU}
        for model in admin.site._registry:
            listed = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
            name = capfirst(str(model._meta.verbose_name_plural))
            if model is not CompanyProfile:  # of which there is one
                assert menu.get(listed, name) == name


def test_admins_also_see_who_works_here(
    back_office: Login, alice: User, maria: User, sam: User
) -> None:
    shown = text(back_office(alice).get("/admin/"))
    assert "Administrator 1 Management 1 Sales 1" in shown
    page = text(back_office(maria).get("/admin/"))
    assert "Active users" not in page
    assert "Add a user" not in page


@pytest.mark.parametrize(
    ("person", "links"),
    [
        (
            "alice",
            {"Start", "Team", "Users", "API keys", "Security events", "Notices"}
            | {"Company", "Number series", "Audit trail"},
        ),
        ("maria", {"Start", "Team", "Security events", "Audit trail"}),
        ("sam", set()),
    ],
)
def test_the_menu_leads_where_one_may_go(
    back_office: Login, request: pytest.FixtureRequest, person: str, links: set[str]
) -> None:
    page = back_office(request.getfixturevalue(person)).get("/admin/profile/")
    groups = page.context["sidebar_navigation"]
    items = [item for group in groups for item in group["items"] if item["has_permission"]]
    assert {str(item["title"]) for item in items} == links | SALES
    client = back_office(request.getfixturevalue(person))
    assert {client.get(str(item["link"]), follow=True).status_code for item in items} == {200}


def test_it_shows_nothing_of_whom_one_may_not_see(
    back_office: Login, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer(name="Secret")
    monkeypatch.setattr(CustomerQuerySet, "visible_to", lambda self, actor: self.none())
    shown = text(back_office(maria).get("/admin/"))
    assert "Secret" not in shown
    assert "Customers 0" in shown


@pytest.mark.parametrize("person", PEOPLE)
def test_it_asks_as_much_whatever_there_is(
    back_office: Login, request: pytest.FixtureRequest, person: str
) -> None:
    client = back_office(request.getfixturevalue(person))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/admin/").status_code == 200
        return len(queries)

    make_customer()
    asked()
    one = asked()
    for name in PEOPLE:
        with acting(actor=request.getfixturevalue(name)):
            make_customer()
            make_customer()
    assert asked() == one


def test_those_who_sell_begin_with_their_day(back_office: Login, sam: User) -> None:
    assert back_office(sam).get("/admin/")["Location"] == "/admin/day/"


def test_it_counts_leads_by_status_and_those_that_are_nobodys(
    back_office: Login, maria: User, sam: User
) -> None:
    make_lead()
    make_lead(assigned_to=sam)
    make_lead(assigned_to=sam, status="contacted")
    make_lead(status="discarded")
    make_lead().archive()
    shown = text(back_office(maria).get("/admin/"))
    assert "New 2 Contacted 1 Quoted 0 Won 0 Discarded 1 Assigned to nobody 1" in shown


def test_it_speaks_the_readers_language(back_office: Login, maria: User) -> None:
    maria.language = "es"
    maria.save()
    assert '<html lang="es"' in back_office(maria).get("/admin/").content.decode()
