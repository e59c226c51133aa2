"""001: users, clients, leads and their log, in PostgreSQL."""

import json
from datetime import UTC, datetime
from typing import Any

import bcrypt
import pytest
from django.test import Client

from accounts.login import sign_in
from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import make_user
from crm.compat.importing.tests import schemas
from crm.compat.importing.tests.conftest import Do, Postgres
from crm.compat.models import USERNAME, LegacyId
from crm.compat.tests.clients import signed_in_at
from crm.compat.urls import SERVICES
from customers.models import Customer
from leads.models import Lead

pytestmark = pytest.mark.django_db
SERVICE = "mini-crm"
EARLY, LATER = datetime(2024, 1, 5, 9, tzinfo=UTC), datetime(2024, 2, 6, 10, tzinfo=UTC)


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


USERS: list[dict[str, Any]] = [
    {"id": 1, "username": "admin", "hashed_password": hashed("admin123"), "role": "ADMIN"},
    {"id": 2, "username": "Sam Smith", "hashed_password": hashed("of old 1"), "role": "SALES"},
    {
        "id": 3,
        "username": "gone",
        "hashed_password": "plain",
        "role": "MANAGEMENT",
        "is_active": False,
    },
]
CLIENTS: list[dict[str, Any]] = [
    {
        "id": 1,
        "client_type": "NATURAL",
        "contact_name": "Juan Pérez",
        "phone": "+584123456789",
        "email": "juan@example.com",
        "created_at": EARLY,
        "updated_at": LATER,
    },
    {
        "id": 2,
        "client_type": "JURIDICAL",
        "contact_name": "Eva",
        "company_name": None,
        "phone": "+5414155552671",
        "created_at": EARLY,
        "updated_at": EARLY,
    },
]
LEADS: list[dict[str, Any]] = [
    {
        "id": 1,
        "client_id": 1,
        "channel": "WEB",
        "status": "QUOTED",
        "admin_notes": "A",
        "sales_notes": "",
        "created_by_id": 1,
        "assigned_to_id": 2,
        "created_at": EARLY,
        "updated_at": LATER,
    },
    {
        "id": 2,
        "client_id": 2,
        "channel": "MANUAL",
        "status": "CLOSED",
        "created_by_id": 2,
        "assigned_to_id": 3,
        "created_at": EARLY,
        "updated_at": EARLY,
    },
    {
        "id": 3,
        "client_id": 2,
        "channel": "MANUAL",
        "status": "NEW",
        "created_by_id": 2,
        "assigned_to_id": 3,
        "created_at": EARLY,
        "updated_at": EARLY,
    },
]


def logged(number: int, action: str, day: int, by: int, **new: Any) -> dict[str, Any]:
    values = {"id": 1, "client_id": 1, "channel": "web", "admin_notes": None} | new
    return {
        "id": number,
        "table_name": "leads",
        "record_id": 1,
        "action": action,
        "new_values": json.dumps(values),
        "changed_by_id": by,
        "created_at": datetime(2024, 1, day, 9, tzinfo=UTC),
    }


LOG = [
    logged(1, "create", 5, 1, status="new"),
    logged(2, "update", 7, 2, status="LeadStatus.CONTACTED"),
    logged(3, "update", 9, 2, status="quoted", admin_notes="A"),
    {**logged(4, "delete", 9, 2), "record_id": 77},
    {
        **logged(5, "update", 20, 2, contact_name="Juan Pérez"),
        "table_name": "clients",
        "old_values": json.dumps({"contact_name": "Juan P."}),
    },
]


@pytest.fixture
def source(postgres: Postgres) -> str:
    return postgres.write(
        schemas.MINI_CRM, users=USERS, clients=CLIENTS, leads=LEADS, audit_logs=LOG
    )


def named(kind: str, number: int) -> Any:
    models: dict[str, Any] = {"user": User, "client": Customer, "lead": Lead}
    record = LegacyId.objects.record(SERVICE, kind, number)
    return models[kind].objects.get(pk=record)


def test_users_sign_in_with_the_password_of_then(do: Do, source: str) -> None:
    told = do(SERVICE, source)
    sam = named("user", 2)
    assert (sam.username, sam.role, sam.is_active) == ("sam-smith", Role.SALES, True)
    assert sam.password.startswith("bcrypt$$2b$")
    assert sign_in("sam-smith", "of old 1") == sam
    sam.refresh_from_db()
    assert not sam.password.startswith("bcrypt$")
    gone = named("user", 3)
    assert (gone.is_active, gone.has_usable_password()) == (False, False)
    notes = {(note["key"], note["code"]) for note in told.notes if note["table"] == "users"}
    assert notes == {("1", "published_password"), ("2", "renamed"), ("3", "no_password")}


def test_the_names_of_then_open_the_service(do: Do, source: str) -> None:
    make_user("gone")
    do(SERVICE, source)
    former = LegacyId.objects.of(SERVICE, USERNAME).values_list("legacy_id", "record_id")
    assert dict(former) == {"sam smith": named("user", 2).pk, "gone": named("user", 3).pk}
    said = {"username": "Sam Smith", "password": "of old 1"}
    assert Client().post(f"/compat/{SERVICE}/auth/login", said).status_code == 200


def test_one_name_is_one_persons_there(do: Do, postgres: Postgres) -> None:
    people = [{**USERS[1], "id": number, "username": name} for number, name in enumerate("sS", 1)]
    do(SERVICE, postgres.write(schemas.MINI_CRM, users=people))
    assert [named("user", number).username for number in (1, 2)] == ["s", "s-mini-crm"]
    assert not LegacyId.objects.of(SERVICE, USERNAME).exists()


def test_nobody_becomes_somebody_else_by_their_name(do: Do, source: str) -> None:
    ours = make_user("admin", role=Role.ADMIN)
    told = do(SERVICE, source)
    theirs = named("user", 1)
    assert (theirs.username, theirs.role) == ("admin-mini-crm", Role.ADMIN)
    assert "renamed" in told.of(1)
    shown = LegacyId.objects.shown(SERVICE, "user", [ours.pk]).get(ours.pk, str(ours.pk))
    assert LegacyId.objects.record(SERVICE, "user", shown) == ours.pk


def test_clients_keep_what_was_known_of_them(do: Do, source: str) -> None:
    told = do(SERVICE, source)
    juan, eva = named("client", 1), named("client", 2)
    assert (juan.name, juan.phone, juan.email) == (
        "Juan Pérez",
        "+584123456789",
        "juan@example.com",
    )
    assert (juan.created_at, juan.updated_at, juan.registered_at) == (EARLY, LATER, EARLY)
    past = juan.history.order_by("pk").values_list("history_type", "history_date", "name")
    assert list(past) == [
        ("+", EARLY, "Juan P."),
        ("~", datetime(2024, 1, 20, 9, tzinfo=UTC), "Juan Pérez"),
        ("~", LATER, "Juan Pérez"),
    ]
    assert (eva.client_type, eva.company_name) == ("juridical", "Eva")
    assert eva.phone or eva.phone_as_given
    assert "company_named" in told.of(2)


def test_leads_keep_their_owner_and_their_past(do: Do, source: str) -> None:
    told = do(SERVICE, source)
    lead, sam = named("lead", 1), named("user", 2)
    assert (lead.customer, lead.assigned_to, lead.created_by) == (
        *(named("client", 1), sam, named("user", 1)),
    )
    past = lead.history.order_by("pk").values_list("status", "history_date", "history_user_id")
    assert list(past) == [
        ("new", EARLY, named("user", 1).pk),
        ("contacted", datetime(2024, 1, 7, 9, tzinfo=UTC), sam.pk),
        ("quoted", datetime(2024, 1, 9, 9, tzinfo=UTC), sam.pk),
        ("quoted", LATER, sam.pk),
    ]
    names = lead.history.order_by("pk").values_list("actor_name", "actor_role", "source")
    assert list(names) == [
        ("admin", Role.ADMIN, "import"),
        *[("sam-smith", Role.SALES, "import")] * 3,
    ]
    assert "audit_logs: of 5 rows 4 became history" in told.text
    assert named("lead", 2).assigned_to == named("user", 3)
    assert named("lead", 3).assigned_to is None
    assert [note["code"] for note in told.notes if note["table"] == "leads"] == ["unassigned"]


def test_its_log_still_says_who_did_it(do: Do, source: str, alice: User) -> None:
    do(SERVICE, source)
    client = signed_in_at(SERVICES[SERVICE], alice)
    log = client.get("/compat/mini-crm/audit-logs/table/leads/1").json()
    assert [(one["changed_by_id"], one["user"]["username"]) for one in log] == [
        *([(2, "sam-smith")] * 3),
        (1, "admin"),
    ]
    asked = "/compat/mini-crm/audit-logs/?table_name=leads&record_id=1&user_id="
    assert [len(client.get(f"{asked}{number}").json()) for number in (0, 1, 2)] == [0, 1, 3]


def test_a_second_run_changes_nothing_and_a_third_takes_the_difference(
    do: Do, source: str, postgres: Postgres
) -> None:
    dry = do.dry(SERVICE, source)
    assert not Customer.objects.exists()
    first = do(SERVICE, source)
    before = list(Lead.history.values())
    assert do(SERVICE, source).notes == first.notes
    assert [note["code"] for note in dry.notes] == [note["code"] for note in first.notes]
    assert list(Lead.history.values()) == before
    postgres.run("UPDATE leads SET status = 'DISCARDED' WHERE id = 1")
    postgres.run("UPDATE users SET role = 'ADMIN' WHERE id = 2")
    postgres.write(leads=[{**LEADS[0], "id": 9}])
    told = do(SERVICE, source)
    assert (named("lead", 1).status, named("lead", 9).status) == ("discarded", "quoted")
    assert named("user", 2).role == Role.SALES
    assert told.about("not_followed") == ["2"]


def test_the_source_is_only_read(do: Do, source: str, postgres: Postgres) -> None:
    postgres.run(
        "CREATE FUNCTION forbidden() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'written'; END $$"
    )
    for table in ("users", "clients", "leads", "audit_logs"):
        postgres.run(
            f"CREATE TRIGGER stop BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            " EXECUTE FUNCTION forbidden()"
        )
    do(SERVICE, source)
    assert Lead.objects.count() == 3
