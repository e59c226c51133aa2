"""An error says what would be right."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.base.api.hints import MOST_NAMED, one_of
from crm.tests.clients import ApiClient, with_key
from leads.tests.make import make_lead

pytestmark = pytest.mark.any_database


def detail(response: Any, status: int) -> str:
    assert response.status_code == status
    found = response.json()
    return str(found["errors"][0]["detail"] if found["errors"] else found["detail"])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("customers?client_type=x", "Use one of: natural, juridical."),
        ("leads?channel=x", "Use one of: "),
        ("audit-logs?action=x", "Use one of: create, "),
        ("invoices?issue_date_after=31-12-2026", "Use a day such as 2026-01-31."),
        ("customers?created_at_after=x", "Use a moment with its time zone, such as"),
        ("customers?client_tipe=x", "There is no parameter 'client_tipe' here. Known: archived,"),
    ],
)
def test_a_filter_tells_what_it_takes(as_maria: ApiClient, path: str, expected: str) -> None:
    assert expected in detail(as_maria.get(f"/api/v1/{path}"), 400)


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("customers", {"client_type": "x"}, "Use one of: natural, juridical."),
        (
            "customers",
            {"nmae": "Eva", "name": "Eva"},
            "There is no such field. Use one of: external_id, client_type, name,",
        ),
        ("leads", {"name": "Eva", "customer": "x"}, "Send the number of a record."),
        ("leads/{lead}/status", {"status": "x"}, "Use one of: new, contacted, "),
        ("leads/{lead}/status", {"stauts": "won"}, "Use one of: status, reason."),
    ],
)
def test_a_field_tells_what_it_takes(
    as_maria: ApiClient, path: str, body: dict[str, str], expected: str
) -> None:
    address = f"/api/v1/{path.format(lead=make_lead().pk)}"
    ask = as_maria.patch if address.endswith("status") else as_maria.post
    assert expected in detail(ask(address, body), 422)


def test_only_the_first_of_many_unknown_names_lists_the_others(as_maria: ApiClient) -> None:
    response = as_maria.post("/api/v1/customers", {"name": "Eva", "x1": 1, "x2": 2})
    first, second = [error["detail"] for error in response.json()["errors"]]
    assert "client_type" in first
    assert second == "There is no such field."


def test_what_may_not_be_written_is_not_named(as_maria: ApiClient) -> None:
    named = detail(as_maria.post("/api/v1/customers", {"name": "Eva", "x": 1}), 422)
    assert not {"created_at", "version", "id"} & set(named.replace(".", ",").split(", "))


def test_a_key_is_told_which_scope_it_lacks(db: None) -> None:
    client = with_key(make_key(scopes=[Scope.CUSTOMERS_ADD]))
    told = detail(client.get("/api/v1/customers"), 403)
    assert told == "This key lacks a scope that grants it. Use one of: customers:read."
    assert "Sign in as a user." in detail(client.get("/api/v1/users"), 403)


def test_a_user_is_told_no_scope(as_user: Callable[[User], ApiClient], sam: User) -> None:
    assert "scope" not in detail(as_user(sam).get("/api/v1/users"), 403)


def test_a_long_list_is_not_told() -> None:
    assert one_of([]) == ""
    assert one_of(range(MOST_NAMED)).endswith(f"{MOST_NAMED - 1}.")
    assert one_of(range(MOST_NAMED + 1)) == ""
