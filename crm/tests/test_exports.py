"""Lists as files for spreadsheets: whoever asks, and however, finds the rows of the list."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.make import make_key
from crm.base import tables
from crm.base.models import SecurityEvent
from crm.base.storing import chunks
from crm.base.tables import XLSX
from crm.management.commands.export import LISTS
from crm.tests.clients import ApiClient, signed_in, with_key
from crm.tests.exports import CALLERS, MODELS, by_format, records_of, rows_of
from crm.tests.routes import api_routes
from crm.tests.samples import PLAIN
from customers.tests.make import make_customer
from invoices.tests.make import make_company, make_draft, make_invoice, of
from leads.tests.make import make_action, make_lead
from leads.tests.unseen import make_unseen, traces

pytestmark = pytest.mark.django_db
every_caller = pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS)
every_list = pytest.mark.parametrize("name", MODELS)
every_form = pytest.mark.parametrize("form", ["csv", "xlsx"])


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)


def flat(row: dict[str, Any]) -> dict[str, str]:
    """Return a row of the API's JSON as CSV writes it."""
    told = {}
    for name, value in row.items():
        for part, one in value.items() if isinstance(value, dict) else [("", value)]:
            text = str(one).lower() if isinstance(one, bool) else str(one)
            told[f"{name}_{part}" if part else name] = "" if one is None else text
    return told


def test_every_list_that_can_be_taken_away_has_a_command() -> None:
    routes = [route for route in api_routes() if "list" in getattr(route.view, "exported", ())]
    named = {str(route).removeprefix("/api/v1/"): route.view for route in routes}
    assert {name: view for name, view in named.items() if name in LISTS} == LISTS
    assert {name.partition("/")[0] for name in named} == LISTS.keys()


@every_caller
@every_list
@every_form
def test_a_file_has_the_rows_of_the_list(
    alice: User, caller: Callable[..., bytes], name: str, form: str
) -> None:
    made = [PLAIN[MODELS[name]]() for _ in range(5)]
    rows = records_of(caller(alice, name, form))
    assert [int(row["id"]) for row in rows] == [record.pk for record in reversed(made)]


@pytest.mark.parametrize("name", LISTS)
def test_a_file_says_what_the_json_says(as_alice: ApiClient, alice: User, name: str) -> None:
    customer = make_customer(name="Ana", phone="+584121234567", age=33, created_by=alice)
    lead = make_lead(customer=customer, assigned_to=alice, expected_value="12.5", currency="USD")
    make_action(lead)
    make_invoice(of(10), customer=customer).record_payment(Decimal("2.50"))
    make_draft(currency="JPY", customer=customer)
    told = as_alice.get(f"/api/v1/{name}").json()["results"]
    rows = records_of(by_format(alice, name, "csv"))
    assert told
    for row, json in zip(rows, told, strict=True):
        shown = {column: text.removeprefix("'") for column, text in row.items()}
        expected = flat({column: value for column, value in json.items() if column != "photo"})
        null = {column for column, value in json.items() if value is None}
        assert {n: t for n, t in expected.items() if n not in null}.items() <= shown.items()
        assert set("".join(text for column, text in shown.items() if column in null)) == set()


@every_caller
def test_a_search_narrows_the_file(alice: User, caller: Callable[..., bytes]) -> None:
    for name in ("Ana", "Eva", "Ana Li"):
        make_customer(name=name)
    rows = records_of(caller(alice, "customers", "csv", "ana"))
    assert [row["name"] for row in rows] == ["Ana Li", "Ana"]


@every_caller
@every_form
def test_salespeople_take_their_own_leads_and_no_trace_of_others(
    sam: User, sue: User, caller: Callable[..., bytes], form: str
) -> None:
    own = make_lead(name="Own", assigned_to=sam, admin_notes="zzprivate")
    make_unseen(sue)
    head, row = rows_of(caller(sam, "leads", form))
    assert (int(row[0]), "admin_notes" in head) == (own.pk, False)
    assert traces(str([head, row])) == []


@every_caller
def test_management_takes_everything(maria: User, sue: User, caller: Callable[..., bytes]) -> None:
    make_unseen(sue)
    [row] = records_of(caller(maria, "leads", "csv"))
    assert row["admin_notes"] == "zzprivate"
    assert (row["assigned_to_id"], row["assigned_to_username"]) == (str(sue.pk), "sue")


@every_caller
def test_that_somebody_took_it_is_an_event(alice: User, caller: Callable[..., bytes]) -> None:
    make_customer(name="Ana")
    caller(alice, "customers", "xlsx", "ana")
    event = SecurityEvent.objects.get(kind="exported")
    details = event.details
    assert (details["table"], details["format"], details["rows"]) == ("customers", "xlsx", 1)
    assert "ana" in details["filters"].values()
    is_command = event.source == "command"
    assert event.actor_name == ("system" if is_command else "alice")
    assert details["filters"].get("visible_to") == ("alice" if is_command else None)


@every_caller
@every_form
def test_what_looks_like_a_formula_stays_a_text(
    alice: User, caller: Callable[..., bytes], form: str
) -> None:
    make_customer(name="=cmd|' /C calc'!A0", city="@SUM(A1)")
    [row] = records_of(caller(alice, "customers", form))
    mark = "'" if form == "csv" else ""
    assert (row["name"], row["city"]) == (f"{mark}=cmd|' /C calc'!A0", f"{mark}@SUM(A1)")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x;=1+1", "x;'=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),  # of full width
        ("Bring:\n- tea\n-1+1", "Bring:\n- tea\n'-1+1"),
        ("\t=1", "'\t'=1"),
        ("a-b; c = d", "a-b; c = d"),
    ],
)
def test_what_would_begin_a_cell_elsewhere_is_marked_too(text: str, written: str) -> None:
    assert tables.written(text) == written


def test_one_thread_stays_for_those_who_take_no_file(as_alice: ApiClient) -> None:
    assert tables._under_way.acquire(blocking=False)  # somebody's file is being made
    try:
        answer = as_alice.get("/api/v1/leads?format=csv")
    finally:
        tables._under_way.release()
    assert (answer.status_code, answer["Retry-After"]) == (429, "5")
    assert as_alice.get("/api/v1/leads").status_code == 200
    answer = as_alice.get("/api/v1/leads?format=csv")
    assert (answer.status_code, bool(b"".join(answer))) == (200, True)


def test_figures_and_moments_are_what_they_are_in_a_workbook(alice: User) -> None:
    make_company()
    invoice = make_invoice(of(10), on=date(2026, 1, 15))
    [row] = records_of(by_format(alice, "invoices", "xlsx"))
    assert (row["total"], row["due_amount"], row["overdue"]) == (10, 10, row["days_overdue"] > 0)
    assert row["issue_date"].date() == date(2026, 1, 15)
    written = row["created_at"].replace(tzinfo=invoice.created_at.tzinfo)
    assert abs((written - invoice.created_at).total_seconds()) < 0.01


@every_list
def test_a_file_takes_a_statement_for_each_chunk(as_alice: ApiClient, name: str) -> None:
    def statements(count: int) -> int:
        for _ in range(count):
            PLAIN[MODELS[name]]()
        with CaptureQueriesContext(connection) as captured:
            b"".join(as_alice.get(f"/api/v1/{name}?format=csv"))
        return len(captured)

    statements(1)
    one = statements(0)
    # Of one row there is one chunk, of ten there are five full ones and one that is empty.
    each = 2 if name == "invoices" else 1  # what is overdue depends on the day
    assert statements(9) == one + 5 * each


def test_pages_are_refused(as_alice: ApiClient) -> None:
    for query in ("page_size=2", "cursor=WzBd", "count=true"):
        for asked in (f"?{query}&format=csv", f"?{query}"):
            answer = as_alice.get(f"/api/v1/leads{asked}", HTTP_ACCEPT=XLSX)
            assert (answer.status_code, answer.json()["code"]) == (400, "not_in_a_file")
            assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("form", ["xml", "CSV", "", "xls"])
def test_an_unknown_format_is_refused(as_alice: ApiClient, form: str) -> None:
    answer = as_alice.get(f"/api/v1/customers?format={form}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "format")
    assert as_alice.get("/api/v1/customers?format=json").json()["results"] == []
    assert as_alice.get("/api/v1/users?format=csv").json()["code"] == "unknown_parameter"


def test_a_key_takes_what_its_scopes_show(sue: User) -> None:
    make_unseen(sue)
    reader = with_key(make_key(scopes=["leads:read"]))
    [row] = records_of(b"".join(reader.get("/api/v1/leads?format=csv")))
    assert row["name"] == "Zelda Zzunseen"
    assert reader.get("/api/v1/invoices?format=csv").status_code == 403
    assert reader.get("/api/v1/customers?format=xlsx").status_code == 403


ORDERINGS = [
    *(("customers", one) for one in ("name", "-name", "updated_at", "-registered_at", "id")),
    *(("invoices", one) for one in ("number", "-number", "issue_date", "-due_date", "-id")),
    *(("leads", one) for one in ("created_at", "-updated_at")),
    *(("actions", "-occurred_at"), ("processes", "id")),
]


@pytest.mark.parametrize(("name", "ordering"), ORDERINGS)
@pytest.mark.parametrize("then", [False, True])
def test_a_file_is_in_the_order_of_the_list_at_any_moment(
    alice: User, as_alice: ApiClient, name: str, ordering: str, then: bool
) -> None:
    for number in range(5):
        lead = make_lead(assigned_to=alice)
        make_action(lead)
        make_customer(name=f"Ana {number // 2}")
        make_invoice(of(1))
        make_draft()
    query = {"ordering": ordering}
    if then:
        query["as_of"] = make_customer().created_at.isoformat()
        make_customer(name="Later")
        make_draft()
        make_action(lead)
    told = as_alice.get(f"/api/v1/{name}", {**query, "page_size": "200"}).json()["results"]
    file = b"".join(as_alice.get(f"/api/v1/{name}", {**query, "format": "csv"}))
    assert [int(row["id"]) for row in records_of(file)] == [row["id"] for row in told]
    assert len(told) > 4


def test_nobody_else_takes_anything(client: Any, sam: User) -> None:
    make_customer()
    assert client.get("/api/v1/customers?format=csv").status_code == 401
    assert signed_in(sam).get("/api/v1/customers?format=csv&city=x&nonsense=1").status_code == 400
    assert not SecurityEvent.objects.filter(kind="exported").exists()


def test_many_files_are_too_many(as_alice: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.base.tables.RATE", "2/h")
    answers = [as_alice.get("/api/v1/leads?format=xlsx") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert all(b"".join(answer) for answer in answers)  # which closes their files


@pytest.mark.parametrize("buffering", [0, -1])
@every_form
@every_list
def test_a_full_disk_is_told(
    as_alice: ApiClient, monkeypatch: pytest.MonkeyPatch, name: str, form: str, buffering: int
) -> None:
    PLAIN[MODELS[name]]()
    with suppress(OSError), Path("/dev/full").open("r+b", buffering=buffering) as full:
        monkeypatch.setattr("crm.base.tables.tempfile.TemporaryFile", lambda: full)
        answer = as_alice.get(f"/api/v1/{name}?format={form}")
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert not SecurityEvent.objects.filter(kind="exported").exists()


def test_a_key_does_not_use_up_what_the_user_of_its_number_may(
    as_alice: ApiClient, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.base.tables.RATE", "1/h")
    key = make_key(pk=alice.pk, scopes=["leads:read"])
    for client, status in ((as_alice, 200), (with_key(key), 200), (as_alice, 429)):
        answer = client.get("/api/v1/leads?format=csv")
        assert (answer.status_code, bool(b"".join(answer))) == (status, True)
