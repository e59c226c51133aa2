"""Finding records from anywhere: the palette, and what form fields offer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.make import make_user
from crm.tests.pages import text
from customers.models import Customer, CustomerQuerySet
from customers.tests.make import make_customer

Login = Callable[[User], Client]
FIND = "/admin/search/"
OFFER = "/admin/autocomplete/?app_label=customers&model_name=customer&field_name=created_by&term="


def test_it_finds_live_records_however_typed(back_office: Login, sam: User) -> None:
    ana = make_customer(name="Ana Pérez", phone="+584121234567")
    make_customer(name="Ana Gone").archive()
    client = back_office(sam)
    for query in ("PEREZ", "0412-1234567", "ana"):
        page = client.get(FIND, {"s": query, "extended": "1"})
        assert "Ana Pérez" in text(page)
        assert f"/admin/customers/customer/{ana.pk}/change/" in page.content.decode()
        assert "Gone" not in text(page)


def test_it_finds_only_what_one_may_see(
    back_office: Login, alice: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user("anabel")
    make_customer(name="Ana")
    assert "anabel" in text(back_office(alice).get(f"{FIND}?s=ana"))
    assert "anabel" not in text(back_office(sam).get(f"{FIND}?s=ana"))
    monkeypatch.setattr(CustomerQuerySet, "visible_to", lambda self, actor: self.none())
    assert "Nothing found." in text(back_office(sam).get(f"{FIND}?s=ana"))


def test_a_role_taken_away_counts_at_once(back_office: Login, alice: User) -> None:
    make_user("anabel")
    make_user("root", role="admin")
    client = back_office(alice)
    assert "anabel" in text(client.get(f"{FIND}?s=anabel"))
    alice.role = "sales"
    alice.save()
    assert "anabel" not in text(client.get(f"{FIND}?s=anabel"))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "s=",
        "s=%20",
        "s=%00",
        "s=%25",
        "s=" + "x" * 500,
        "s=a&page=x",
        "s=a&page=99",
        "page=-1",
        "s=%ED%A0%80",
        "extended=1",
        "s=a&s=b",
    ],
)
def test_hostile_queries_find_nothing_bad(back_office: Login, sam: User, query: str) -> None:
    make_customer(name="Ana")
    assert back_office(sam).get(f"{FIND}?{query}").status_code == 200


def test_it_asks_as_much_whatever_it_finds(back_office: Login, alice: User) -> None:
    client = back_office(alice)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{FIND}?s=customer")
        return len(queries)

    make_customer()
    one = asked()
    for _ in range(9):
        make_customer()
    assert asked() == one


def test_a_field_offers_live_records_one_may_see(
    back_office: Login, alice: User, sam: User, sue: User
) -> None:
    sue.archive()
    names = [row["text"] for row in back_office(alice).get(OFFER).json()["results"]]
    assert sorted(names) == ["alice", "sam"]
    found = back_office(alice).get(f"{OFFER}SA").json()["results"]
    assert [row["text"] for row in found] == ["sam"]
    assert back_office(sam).get(OFFER).status_code == 403


@pytest.mark.parametrize("term", ["%00", "%25", "x" * 500, "%ED%A0%80"])
def test_hostile_terms_are_no_offer(back_office: Login, alice: User, term: str) -> None:
    answer = back_office(alice).get(OFFER + term)
    assert (answer.status_code, answer.json()["results"]) == (200, [])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?app_label=auth&model_name=user&field_name=x",
        "?app_label=customers&model_name=customer",
        "?app_label=customers&model_name=customer&field_name=name&term=a",
    ],
)
def test_fields_that_offer_nothing_are_refused(back_office: Login, alice: User, query: str) -> None:
    assert back_office(alice).get(f"/admin/autocomplete/{query}").status_code == 403


def test_a_foreign_key_takes_only_what_one_may_see(sam: User, sue: User) -> None:
    request: Any = RequestFactory().get("/")
    request.user = sam
    page = admin.site._registry[Customer]
    field: Any = page.formfield_for_foreignkey(Customer._meta.get_field("created_by"), request)
    assert list(field.queryset) == [sam]
