"""001, the Mini CRM: its audit log, read from the histories."""

from typing import Any

import pytest

from accounts.models import User
from accounts.scopes import Scope
from accounts.tests.make import PASSWORD, make_key
from crm.compat.tests.mini_crm_page import (
    AUDIT,
    CLIENTS,
    FORBIDDEN,
    LEADS,
    USERS,
    as_person,
    know,
    place,
    shown,
)
from crm.tests.clients import ApiClient, with_key
from customers.models import Customer
from customers.tests.make import make_customer

CLIENT = {"client_type": "natural", "contact_name": "Ana"}


@pytest.fixture
def alices(alice: User) -> ApiClient:
    return as_person(alice)


def log(client: ApiClient, query: str = "") -> list[dict[str, Any]]:
    response = client.get(f"{AUDIT}{query}")
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.json()
    return found


def told(client: ApiClient, query: str = "") -> list[tuple[str, str]]:
    return [(entry["table_name"], entry["action"]) for entry in log(client, query)]


def test_an_entry_holds_the_whole_row_before_and_after(alice: User, alices: ApiClient) -> None:
    first = alices.post(CLIENTS, CLIENT).json()
    second = alices.patch(f"{CLIENTS}{first['id']}", {"country": "Chile"}).json()
    updated, created = log(alices, "?table_name=clients")
    assert {name: updated[name] for name in updated if name not in ("id", "user")} == {
        "table_name": "clients",
        "record_id": first["id"],
        "action": "update",
        "old_values": {name: value for name, value in first.items() if name != "leads"},
        "new_values": second,
        "changed_by_id": alice.pk,
        "created_at": shown(Customer.objects.get().updated_at),
    }
    assert (created["action"], created["old_values"], created["new_values"]) == (
        "create",
        None,
        first,
    )
    assert (updated["user"]["id"], updated["user"]["username"]) == (alice.pk, "alice")
    assert updated["id"] != created["id"]


def test_archive_shows_as_delete_and_restore_as_update(
    alices: ApiClient, as_alice: ApiClient
) -> None:
    pk = alices.post(CLIENTS, CLIENT).json()["id"]
    alices.delete(f"{CLIENTS}{pk}")
    as_alice.post(f"/api/v1/customers/{pk}/restore")
    restored, deleted, created = log(alices, f"table/clients/{pk}")
    assert [entry["action"] for entry in (restored, deleted, created)] == [
        *("update", "delete", "create")
    ]
    assert (deleted["old_values"], deleted["new_values"]) == (created["new_values"], None)
    assert restored["new_values"]["contact_name"] == "Ana"
    assert told(alices, "?action=delete") == [("clients", "delete")]


def test_an_update_that_changed_nothing_has_no_row(alices: ApiClient) -> None:
    client = alices.post(CLIENTS, CLIENT).json()
    alices.patch(f"{CLIENTS}{client['id']}", CLIENT | {"phone": None})
    assert told(alices, "?table_name=clients") == [("clients", "create")]


def test_the_log_is_narrowed_and_newest_first(alice: User, sam: User, alices: ApiClient) -> None:
    sams = as_person(sam)
    client = sams.post(CLIENTS, CLIENT).json()
    lead = sams.post(LEADS, {"client_id": client["id"], "channel": "web"}).json()
    sams.patch(f"{LEADS}{lead['id']}/status", {"status": "quoted"})
    alices.patch(f"{USERS}{sam.pk}", {"email": "sam@example.org"})
    every = [
        *(("users", "update"), ("leads", "update"), ("leads", "create"), ("clients", "create")),
        *(("users", "create"), ("users", "create")),
    ]
    assert told(alices) == every
    assert told(alices, "?skip=1&limit=2") == every[1:3]
    assert told(alices, "?table_name=leads") == every[1:3]
    assert told(alices, "?table_name=invoices") == []
    assert told(alices, f"?user_id={sam.pk}") == every[1:4]
    assert told(alices, "?user_id=0") == every[4:]
    assert told(alices, "?action=update") == every[:2]
    assert told(alices, f"?table_name=users&record_id={sam.pk}") == [every[0], every[4]]
    assert told(alices, f"table/leads/{lead['id']}") == every[1:3]
    assert told(alices, f"table/leads/{lead['id']}?limit=1") == every[1:2]
    assert told(alices, "table/leads/999") == told(alices, "table/invoices/1") == []
    assert len({entry["id"] for entry in log(alices)}) == len(every)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("?limit=501", ["query", "limit"]),
        ("?limit=0", ["query", "limit"]),
        ("?skip=-1", ["query", "skip"]),
        ("?action=archive", ["query", "action"]),
        ("?record_id=x", ["query", "record_id"]),
        ("?user_id=x", ["query", "user_id"]),
        ("table/leads/x", ["path", "id"]),
        ("table/leads/0", ["path", "id"]),
    ],
)
def test_what_cannot_be_asked_is_a_422(alices: ApiClient, query: str, where: list[str]) -> None:
    assert place(alices.get(f"{AUDIT}{query}")) == (422, where)


def test_five_hundred_are_listed_at_most(alices: ApiClient) -> None:
    assert alices.get(f"{AUDIT}?limit=500").status_code == 200


def test_only_administrators_read_it(maria: User, sam: User) -> None:
    clients = [as_person(maria), as_person(sam), with_key(make_key(scopes=Scope.values))]
    for client in clients:
        for address in (AUDIT, f"{AUDIT}table/leads/1"):
            response = client.get(address)
            assert (response.status_code, response.json()) == (403, FORBIDDEN)


def test_who_did_it_is_never_null(alices: ApiClient) -> None:
    with_key(make_key("web shop")).post(CLIENTS, CLIENT)
    make_customer()
    system, program = log(alices, "?table_name=clients")
    for entry, name in ((system, "system"), (program, "API key web shop")):
        assert (entry["changed_by_id"], entry["user"]["id"]) == (0, 0)
        assert entry["user"]["username"] == name


def test_imported_records_keep_their_numbers(sam: User, alices: ApiClient) -> None:
    client = as_person(sam).post(CLIENTS, CLIENT).json()
    lead = as_person(sam).post(LEADS, {"client_id": client["id"], "channel": "web"}).json()
    know("client", Customer.objects.get(), 12)
    know("user", sam, 13)
    [entry] = log(alices, f"table/leads/{lead['id']}")
    values = entry["new_values"]
    numbers = [values[name] for name in ("client_id", "assigned_to_id", "created_by_id")]
    assert (entry["changed_by_id"], entry["user"]["id"], numbers) == (13, 13, [12, 13, 13])
    assert told(alices, "table/clients/12") == [("clients", "create")]
    assert len(log(alices, "?user_id=13")) == 2


# --- What was broken -----------------------------------------------------------------------------


def test_defect_the_log_returned_password_hashes(sam: User, alices: ApiClient) -> None:
    alices.patch(f"{USERS}{sam.pk}", {"password": "another long secret"})
    alices.post(USERS, {"username": "pablo", "password": PASSWORD, "role": "sales"})
    for hashed in User.objects.values_list("password", flat=True):
        assert hashed not in alices.get(AUDIT).content.decode()
    for entry in log(alices, "?table_name=users"):
        assert "password" not in str(entry).lower()
