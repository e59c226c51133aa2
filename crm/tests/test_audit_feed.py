"""The feed over the API: what is in it, who may read it, and how it is narrowed."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.tests.make import make_key, make_user
from audit.tables import tables
from crm.base.context import acting
from crm.base.trail.security_events import note
from crm.tests.audit_check import record_models
from crm.tests.clients import ApiClient, with_key
from customers.models import Customer
from customers.tests.make import make_customer
from leads.models import Lead
from leads.tests.make import make_lead, make_process

LOGS = "/api/v1/audit-logs"
Login = Callable[[User], ApiClient]


def entries(client: ApiClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{LOGS}?{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def walk(client: ApiClient, path: str, way: str = "next") -> list[str]:
    """Return the ids of all pages from ``path`` on, one page after the other."""
    found: list[str] = []
    while path:
        page = client.get(path).json()
        found += [entry["id"] for entry in page["results"]]
        path = page[way]
    return found


def test_a_change_tells_who_what_from_where_and_when(as_maria: ApiClient, maria: User) -> None:
    pk = as_maria.post("/api/v1/customers", {"name": "Ana", "city": "Mérida"}).json()["id"]
    as_maria.patch(f"/api/v1/customers/{pk}", {"city": "Lima"}, HTTP_X_REQUEST_ID="request-7")
    newest, made, *_ = entries(as_maria, "table=customer")
    customer = Customer.objects.get()
    assert newest == {
        "id": newest["id"],
        "history_id": newest["history_id"],
        "table": "customer",
        "record_id": pk,
        "label": "Ana",
        "action": "update",
        "old_values": {"city": "Mérida"},
        "new_values": {"city": "Lima"},
        "user": {"id": maria.pk, "name": "maria", "role": "management"},
        "source": "api",
        "at": customer.updated_at.isoformat().replace("+00:00", "Z"),
        "request_id": "request-7",
        "reason": "",
    }
    assert (made["action"], made["old_values"]) == ("create", {})
    assert made["new_values"]["city"] == "Mérida"
    assert as_maria.get(f"{LOGS}/{newest['id']}").json() == newest


def test_a_record_is_called_what_it_was_called_then(as_maria: ApiClient) -> None:
    customer = make_customer(name="Ana", surname="")
    customer.name = "Eva"
    customer.save()
    assert [entry["label"] for entry in entries(as_maria, "table=customer")] == ["Eva", "Ana"]


def test_every_action_has_its_word_and_its_values(as_maria: ApiClient) -> None:
    customer = make_customer()
    customer.archive()
    customer.restore()
    process = make_process(name="Second visit")
    process.delete()
    words = [entry["action"] for entry in entries(as_maria, "table=customer")]
    assert words == ["restore", "archive", "create"]
    gone = entries(as_maria, "table=process")[0]
    assert (gone["action"], gone["label"], gone["new_values"]) == ("delete", "Second visit", {})
    assert gone["old_values"]["name"] == "Second visit"


def test_all_models_are_in_it_and_a_new_one_is_by_itself() -> None:
    assert set(tables()) == {
        *(model._meta.model_name for model in record_models()),
        "securityevent",
    }


def test_security_events_are_among_the_changes(as_maria: ApiClient, sam: User) -> None:
    make_customer()
    with acting(actor=sam, source="api", address="192.0.2.7", request_id="request-9"):
        note("exported", table="customers")
    make_customer()
    after, event, before = entries(as_maria)[:3]
    assert [after["table"], before["table"]] == ["customer", "customer"]
    assert (event["table"], event["record_id"], event["action"]) == (
        "securityevent",
        None,
        "exported",
    )
    assert (event["label"], event["request_id"]) == ("Exported", "request-9")
    assert event["new_values"] == {"table": "customers", "address": "192.0.2.7"}
    assert event["user"] == {"id": sam.pk, "name": "sam", "role": "sales"}
    assert as_maria.get(f"{LOGS}/{event['id']}").json() == event


def test_a_key_is_named_and_no_user(as_maria: ApiClient) -> None:
    with_key(make_key("shop")).post("/api/v1/customers", {"name": "Ana"})
    newest = entries(as_maria, "table=customer")[0]
    assert newest["user"] == {"id": None, "name": "API key shop", "role": "api_key"}


def test_no_secret_is_in_it(as_alice: ApiClient) -> None:
    user, key = make_user("eva"), make_key("shop")
    user.change_password("pbkdf2_sha256$1$salt$never")
    secret = key.rotate()
    told = as_alice.get(LOGS).content.decode()
    assert "eva" in told
    for word in ("never", "pbkdf2", secret, key.hash, 'password":', "hash"):
        assert word not in told


def test_only_admins_and_management_read_it(
    api: ApiClient, as_alice: ApiClient, as_maria: ApiClient, as_sam: ApiClient
) -> None:
    entry = entries(as_alice)[0]["id"]
    key = with_key(make_key(scopes=["customers:read", "leads:read", "reports:read"]))
    for path in (LOGS, f"{LOGS}/{entry}"):
        clients = (api, as_sam, key, as_maria, as_alice)
        assert [client.get(path).status_code for client in clients] == [401, 403, 403, 200, 200]


def test_hidden_fields_are_hidden(as_maria: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = make_lead(admin_notes="Pays late")
    lead.admin_notes = "Pays never"
    lead.save()
    assert entries(as_maria, "changed=admin_notes")[0]["new_values"] == {
        "admin_notes": "Pays never"
    }
    monkeypatch.setattr(Lead, "hidden_fields", classmethod(lambda cls, actor: {"admin_notes"}))
    assert "Pays" not in as_maria.get(LOGS).content.decode()
    assert entries(as_maria, "changed=admin_notes") == []


@pytest.fixture
def story(sam: User, sue: User) -> dict[str, Any]:
    return story_of(sam, sue)


def story_of(sam: User, sue: User) -> dict[str, Any]:
    """Make two people's changes of two records, from two places; return the records' numbers."""
    with acting(actor=sam, source="api", request_id="request-1"):
        ana = make_customer(name="Ana")
        ana.city = "Lima"
        ana.save()
    with acting(actor=sue, source="admin", request_id="request-2"):
        lead = make_lead(name="Eva")
        ana.archive()
        note("exported", table="customers")
    return {"ana": ana.pk, "lead": lead.pk, "sam": sam.pk, "sue": sue.pk}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("table=customer", ["archive Ana", "update Ana", "create Ana"]),
        ("table=lead", ["create Eva"]),
        ("table=customer&record={ana}", ["archive Ana", "update Ana", "create Ana"]),
        ("table=customer&record=999", []),
        ("user={sam}", ["update Ana", "create Ana"]),
        ("user={sue}", ["exported Exported", "archive Ana", "create Eva"]),
        ("action=archive", ["archive Ana"]),
        ("action=exported", ["exported Exported"]),
        ("action=exported&table=customer", []),
        ("source=admin", ["exported Exported", "archive Ana", "create Eva"]),
        ("request_id=request-1", ["update Ana", "create Ana"]),
        ("changed=city", ["update Ana"]),
        ("changed=archived_at&user={sue}", ["archive Ana"]),
        ("user={sam}&record={ana}&action=update", ["update Ana"]),
        ("table=securityevent", ["exported Exported"]),
        ("table=&user={sam}&action=", ["update Ana", "create Ana"]),
    ],
)
def test_it_is_narrowed(
    as_maria: ApiClient, story: dict[str, Any], query: str, found: list[str]
) -> None:
    told = entries(as_maria, query.format_map(story))
    assert [f"{entry['action']} {entry['label']}" for entry in told] == found


def test_it_is_narrowed_to_what_one_key_did_by_whatever_name(as_maria: ApiClient) -> None:
    shop, other = make_key("shop"), make_key("other")
    with_key(shop).post("/api/v1/customers", {"name": "Ana"})
    shop.name = "web shop"
    shop.save()
    with_key(shop).post("/api/v1/customers", {"name": "Eva"})
    with_key(other).post("/api/v1/customers", {"name": "Luz"})
    with_key(shop).get("/api/v1/leads")  # refused, which is an event
    told = entries(as_maria, f"key={shop.pk}")
    assert [entry["label"] for entry in told if entry["table"] == "customer"] == ["Eva", "Ana"]
    assert [entry["action"] for entry in told] == ["refused", "create", "create"]
    assert [entry["label"] for entry in entries(as_maria, f"key={other.pk}&table=customer")] == [
        "Luz"
    ]
    assert entries(as_maria, "key=999999") == []


def test_a_name_that_another_key_takes_later_tells_of_each_what_it_did(as_maria: ApiClient) -> None:
    first = make_key("shop")
    with_key(first).post("/api/v1/customers", {"name": "Ana"})
    first.name = "old shop"
    first.save()
    with_key(first).post("/api/v1/customers", {"name": "Eva"})
    second = make_key("shop")
    with_key(second).post("/api/v1/customers", {"name": "Luz"})
    second.name = "new shop"
    second.save()
    first.name = "shop"
    first.save()
    with_key(first).post("/api/v1/customers", {"name": "Mia"})

    def made_by(key: Any) -> list[str]:
        return [entry["label"] for entry in entries(as_maria, f"key={key.pk}&table=customer")]

    assert made_by(first) == ["Mia", "Eva", "Ana"]
    assert made_by(second) == ["Luz"]


def test_it_is_narrowed_by_time_both_ends_included(as_maria: ApiClient) -> None:
    newest = [make_customer().created_at for _ in range(3)][-1]
    moments = [entry["at"] for entry in entries(as_maria, "table=customer")]
    told = entries(as_maria, f"table=customer&from={moments[2]}&to={moments[1]}")
    assert [entry["at"] for entry in told] == moments[1:]
    later = (newest + timedelta(seconds=1)).isoformat().replace("+", "%2B")
    assert entries(as_maria, f"table=customer&from={later}") == []


@pytest.mark.parametrize(
    "query",
    [
        *("table=nothing", "record=ana", "record=-1", "user=1.5", "action=changed"),
        *("source=post", "changed=password", "changed=no_field", "from=yesterday", "to=2026-13-01"),
        *("changed=version", "to=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z"),
        *("request_id=%00", "page_size=0", "cursor=x", "users=1", "count=true", "user=1&user=2"),
    ],
)
def test_what_it_cannot_be_asked_is_a_400(as_maria: ApiClient, query: str) -> None:
    answer = as_maria.get(f"{LOGS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_cursor_made_up_is_a_400(as_maria: ApiClient) -> None:
    make_customer()
    day = "2026-01-01T00:00:00+00:00"
    for values in ([0, "x", "customer", 1], [0, day, [], 1], [0, day, "customer", "x"]):
        cursor = urlsafe_b64encode(json.dumps(values).encode()).decode()
        assert as_maria.get(f"{LOGS}?cursor={cursor}").status_code == 400


@pytest.mark.parametrize("same_moment", [True, False])
def test_pages_show_everything_once_there_and_back(
    as_maria: ApiClient, sam: User, sue: User, same_moment: bool
) -> None:
    with time_machine.travel(timezone.now(), tick=not same_moment):
        story_of(sam, sue)
        make_key("shop").rotate()
    whole = [entry["id"] for entry in entries(as_maria, "page_size=200")]
    assert len(whole) == len(set(whole)) > 6
    assert walk(as_maria, f"{LOGS}?page_size=2") == whole
    page = as_maria.get(f"{LOGS}?page_size=2").json()
    while page["next"]:
        page = as_maria.get(page["next"]).json()
    backwards: list[str] = []
    while page:
        backwards = [entry["id"] for entry in page["results"]] + backwards
        page = page["previous"] and as_maria.get(page["previous"]).json()
    assert backwards == whole


def test_what_is_written_meanwhile_moves_no_page(as_maria: ApiClient, story: Any) -> None:
    whole = [entry["id"] for entry in entries(as_maria)]
    first = as_maria.get(f"{LOGS}?page_size=3").json()
    make_customer()
    rest = walk(as_maria, first["next"])
    assert [entry["id"] for entry in first["results"]] + rest == whole


def test_a_page_costs_as_much_however_many_entries_it_has(as_maria: ApiClient) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_maria.get(LOGS).status_code == 200
        return len(captured)

    def change(city: str) -> None:
        for record in (customer, lead):
            record.name = city
            record.save()

    customer, lead = make_customer(), make_lead()
    change("Lima")
    once = cost()
    for number in range(9):
        change(f"City {number}")
    assert cost() == once


@pytest.mark.parametrize("entry", ["customer-0", "nothing-1", "securityevent-0"])
def test_an_entry_that_is_not_there_is_a_404(as_maria: ApiClient, entry: str) -> None:
    assert as_maria.get(f"{LOGS}/{entry}").status_code == 404
