"""The start page of the back office: what each role finds there."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.base.context import acting
from crm.tests.pages import text
from customers.models import CustomerQuerySet
from customers.tests.make import make_customer

Login = Callable[[User], Client]
PEOPLE = ["alice", "maria", "sam"]


def test_it_counts_live_customers_by_type(back_office: Login, sam: User) -> None:
    make_customer()
    make_customer()
    make_customer(client_type="juridical", company_name="A")
    make_customer().archive()
    shown = text(back_office(sam).get("/admin/"))
    for part in ("Customers 3", "New in 30 days 3", "Person 2", "Company 1"):
        assert part in shown


def test_it_lists_the_ten_latest_with_who_added_them(back_office: Login, sam: User) -> None:
    with acting(actor=sam):
        for number in range(11):
            make_customer(name=f"Ana {number}")
    shown = text(back_office(sam).get("/admin/"))
    assert shown.index("Ana 10") < shown.index("Ana 1 ")
    assert "Ana 0" not in shown
    assert "· sam" in shown


def test_admins_also_see_who_works_here(
    back_office: Login, alice: User, maria: User, sam: User
) -> None:
    shown = text(back_office(alice).get("/admin/"))
    assert "Administrator 1 Management 1 Sales 1" in shown
    for user in (maria, sam):
        page = text(back_office(user).get("/admin/"))
        assert "Active users" not in page
        assert "Add a user" not in page


@pytest.mark.parametrize(
    ("person", "links"),
    [
        ("alice", {"Customers", "Users", "Security events"}),
        ("maria", {"Customers", "Security events"}),
        ("sam", {"Customers"}),
    ],
)
def test_the_menu_leads_where_one_may_go(
    back_office: Login, request: pytest.FixtureRequest, person: str, links: set[str]
) -> None:
    page = back_office(request.getfixturevalue(person)).get("/admin/")
    groups = page.context["sidebar_navigation"]
    items = [item for group in groups for item in group["items"] if item["has_permission"]]
    assert {str(item["title"]) for item in items} == links | {"Start"}
    client = back_office(request.getfixturevalue(person))
    assert {client.get(str(item["link"])).status_code for item in items} == {200}


def test_it_shows_nothing_of_whom_one_may_not_see(
    back_office: Login, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer(name="Secret")
    monkeypatch.setattr(CustomerQuerySet, "visible_to", lambda self, actor: self.none())
    shown = text(back_office(sam).get("/admin/"))
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
    for name in ("alice", "maria", "sam"):
        with acting(actor=request.getfixturevalue(name)):
            make_customer()
            make_customer()
    assert asked() == one


def test_it_speaks_the_readers_language(back_office: Login, sam: User) -> None:
    sam.language = "es"
    sam.save()
    assert '<html lang="es"' in back_office(sam).get("/admin/").content.decode()
