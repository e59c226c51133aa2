"""001, the Mini CRM: its leads, of which salespeople see their own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.scopes import Scope
from accounts.tests.make import make_key, make_user
from crm.compat.tests.mini_crm_page import (
    CLIENTS,
    FORBIDDEN,
    LEADS,
    as_person,
    know,
    missing,
    place,
    shown,
    told,
)
from crm.compat.tests.samples import cases
from crm.compat.tests.samples_mini_crm import NOTES
from crm.tests.clients import ApiClient, with_key
from customers.models import Customer
from customers.tests.make import make_customer
from leads.models import Lead
from leads.tests.make import make_lead
from leads.tests.unseen import make_unseen, traces

NO_CLIENT = (400, "The specified client does not exist.")
NO_USER = (400, "The specified user does not exist.")
PERSON = ("id", "username", "email", "role", "is_active", "created_at", "updated_at")
READING = [case for case in cases() if case.method == "GET" and "mini-crm" in str(case)]


@pytest.fixture
def marias(maria: User) -> ApiClient:
    """What maria, of management, signs in with."""
    return as_person(maria)


@pytest.fixture
def sams(sam: User) -> ApiClient:
    return as_person(sam)


def create(client: ApiClient, **values: Any) -> Any:
    """Send the form as the page does, which always sends both notes."""
    form = {"channel": "web", "admin_notes": "", "sales_notes": ""} | values
    return client.post(LEADS, {"client_id": make_customer().pk} | form)


def lead_out(lead: Lead, **values: Any) -> dict[str, Any]:
    return {
        "id": lead.pk,
        "client_id": lead.customer_id,
        "channel": lead.channel,
        "status": lead.status,
        "admin_notes": lead.admin_notes or None,
        "sales_notes": lead.sales_notes or None,
        "assigned_to_id": lead.assigned_to_id,
        "created_by_id": lead.created_by_id,
        "created_at": shown(lead.created_at),
        "updated_at": shown(lead.updated_at),
        **values,
    }


def numbers(client: ApiClient, query: str = "") -> list[int]:
    response = client.get(f"{LEADS}{query}")
    assert response.status_code == 200
    return [row["id"] for row in response.json()]


# --- Create and change ---------------------------------------------------------------------------


def test_a_lead_is_created_and_read_with_its_people(maria: User, marias: ApiClient) -> None:
    response = create(marias, **NOTES, assigned_to_id=str(maria.pk), unknown=1)
    lead = Lead.objects.get()
    assert (response.status_code, response.json()) == (201, lead_out(lead))
    assert NOTES.items() <= response.json().items()
    assert (lead.status, lead.created_by, lead.assigned_to) == ("new", maria, maria)
    detail = marias.get(f"{LEADS}{lead.pk}").json()
    people = {name: detail.pop(name) for name in ("client", "created_by", "assigned_to")}
    assert detail == lead_out(lead)
    listed = marias.get(CLIENTS).json()[0]
    assert people["client"] == listed
    for name in ("created_by", "assigned_to"):
        assert (people[name]["id"], people[name]["username"]) == (maria.pk, "maria")
        assert set(people[name]) == {*PERSON}
    assert marias.get(f"{CLIENTS}{listed['id']}").json() == listed | {"leads": [lead_out(lead)]}


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"channel": "fax"}, "channel"),
        ({"channel": None}, "channel"),
        ({"status": "lost"}, "status"),
        ({"client_id": None}, "client_id"),
        ({"client_id": 0}, "client_id"),
        ({"client_id": "x"}, "client_id"),
        ({"assigned_to_id": 0}, "assigned_to_id"),
        ({"sales_notes": "x" * 10_001}, "sales_notes"),
    ],
)
def test_what_is_not_valid_is_a_422(marias: ApiClient, values: Any, where: str) -> None:
    assert place(create(marias, **values)) == (422, ["body", where])


@pytest.mark.parametrize("field", ["client_id", "channel"])
def test_what_is_missing_is_a_422(marias: ApiClient, field: str) -> None:
    form = {"client_id": make_customer().pk, "channel": "web"}
    response = marias.post(LEADS, {name: form[name] for name in form if name != field})
    assert place(response) == (422, ["body", field])


def test_a_client_must_be_there(marias: ApiClient) -> None:
    gone, lead = make_customer(), make_lead()
    gone.archive()
    for number in (999, gone.pk):
        assert told(create(marias, client_id=number)) == NO_CLIENT
        assert told(marias.patch(f"{LEADS}{lead.pk}", {"client_id": number})) == NO_CLIENT


@pytest.mark.parametrize("status", ["contacted", "closed", "discarded"])
def test_a_lead_may_begin_with_any_status(marias: ApiClient, status: str) -> None:
    assert create(marias, status=status).json()["status"] == status


def test_the_page_sends_a_whole_lead_back(sam: User, marias: ApiClient) -> None:
    left = make_user()
    lead = make_lead(customer=make_customer(), assigned_to=left, sales_notes="x", status="closed")
    left.archive(confirmed=True)
    Customer.objects.get().archive(confirmed=True)
    form = marias.get(f"{LEADS}{lead.pk}").json() | {"sales_notes": "y", "admin_notes": None}
    response = marias.patch(f"{LEADS}{lead.pk}", form)
    lead.refresh_from_db()
    assert (response.status_code, response.json()) == (200, lead_out(lead, sales_notes="y"))
    assert lead.history.count() == 2


def test_null_clears_what_may_be_null(sam: User, marias: ApiClient) -> None:
    lead = make_lead(customer=make_customer(), assigned_to=sam, sales_notes="x", admin_notes="y")
    nulls = dict.fromkeys(("sales_notes", "admin_notes", "assigned_to_id"))
    ignored = dict.fromkeys(("client_id", "channel", "status"))
    response = marias.patch(f"{LEADS}{lead.pk}", nulls | ignored)
    lead.refresh_from_db()
    assert response.json() == lead_out(lead, **nulls)
    assert lead.customer_id


def test_a_change_may_move_a_lead_as_well(marias: ApiClient) -> None:
    lead = make_lead(email="eva@example.org", name="Eva")
    response = marias.patch(f"{LEADS}{lead.pk}", {"status": "closed", "sales_notes": "Sold."})
    assert (response.status_code, response.json()["status"]) == (200, "closed")
    assert response.json()["client_id"] == Customer.objects.get(name="Eva").pk
    assert response.json()["sales_notes"] == "Sold."


def test_who_is_not_there_is_a_404_of_either_form(marias: ApiClient) -> None:
    path = f"{LEADS}999"
    assert told(marias.get(path)) == (404, "Lead not found")
    for response in (
        marias.patch(path, {}),
        marias.delete(path),
        marias.patch(f"{path}/status", {"status": "new"}),
        marias.patch(f"{path}/assign", {}),
    ):
        assert (response.status_code, response.json()) == (404, missing("Lead", 999))


def test_a_deleted_lead_is_gone(marias: ApiClient) -> None:
    path = f"{LEADS}{make_lead().pk}"
    response = marias.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert numbers(marias) == []
    assert marias.get(path).status_code == marias.delete(path).status_code == 404


def test_an_imported_lead_keeps_all_its_numbers(sam: User, marias: ApiClient) -> None:
    lead = make_lead(customer=make_customer(), assigned_to=sam, created_by=sam)
    for kind, record, number in (
        ("lead", lead, 11),
        ("client", lead.customer, 12),
        ("user", sam, 13),
    ):
        know(kind, record, number)
    detail = marias.get(f"{LEADS}11").json()
    assert [detail[name] for name in ("id", "client_id", "assigned_to_id", "created_by_id")] == [
        *(11, 12, 13, 13)
    ]
    assert [detail[name]["id"] for name in ("client", "created_by", "assigned_to")] == [12, 13, 13]
    assert create(marias, client_id=12, assigned_to_id=13).json()["client_id"] == 12
    assert len(numbers(marias, "advanced-search?client_id=12&assigned_to_id=13")) == 2
    assert numbers(marias, "advanced-search?created_by_id=13") == [11]


# --- Status and assignment -----------------------------------------------------------------------


def test_any_status_follows_any_other(sam: User, sams: ApiClient) -> None:
    lead = make_lead(customer=make_customer(), assigned_to=sam)
    for status in ("closed", "new", "discarded", "quoted", "contacted", "discarded", "closed"):
        response = sams.patch(f"{LEADS}{lead.pk}/status", {"status": status})
        assert (response.status_code, response.json()["status"]) == (200, status)


def test_to_close_a_lead_without_a_client_makes_one(marias: ApiClient) -> None:
    lead = make_lead(name="Eva", email="eva@example.org")
    response = marias.patch(f"{LEADS}{lead.pk}/status", {"status": "closed"})
    assert response.json()["client_id"] == Customer.objects.get(email="eva@example.org").pk


@pytest.mark.parametrize("body", [{}, {"status": "lost"}, {"status": None}])
def test_a_status_that_is_none_is_a_422(marias: ApiClient, body: Any) -> None:
    response = marias.patch(f"{LEADS}{make_lead().pk}/status", body)
    assert place(response) == (422, ["body", "status"])


@pytest.mark.parametrize("raw", ["null", "", "{}", '{"assigned_to_id": null}', " null\n"])
def test_a_lead_is_assigned_and_the_clear_button_unassigns(
    sam: User, marias: ApiClient, raw: str
) -> None:
    path = f"{LEADS}{make_lead().pk}/assign"
    assert marias.patch(f"{path}?assigned_to_id={sam.pk}").json()["assigned_to_id"] == sam.pk
    cleared = marias.patch(path, raw, content_type="application/json")
    assert (cleared.status_code, cleared.json()["assigned_to_id"]) == (200, None)
    in_body = marias.patch(f"{path}/", {"assigned_to_id": f"{sam.pk}"})
    assert in_body.json()["assigned_to_id"] == sam.pk


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_to_assign_to_no_number_is_a_422(marias: ApiClient, number: str) -> None:
    path = f"{LEADS}{make_lead().pk}/assign"
    for response in (
        marias.patch(f"{path}?assigned_to_id={number}"),
        marias.patch(path, {"assigned_to_id": number}),
    ):
        assert place(response) == (422, ["body", "assigned_to_id"])


def test_a_seller_assigns_nothing(sam: User, sams: ApiClient) -> None:
    lead = make_lead(assigned_to=sam)
    for response in (
        sams.patch(f"{LEADS}{lead.pk}/assign"),
        sams.patch(f"{LEADS}{lead.pk}", {"assigned_to_id": None}),
    ):
        assert (response.status_code, response.json()) == (403, FORBIDDEN)


# --- Lists ---------------------------------------------------------------------------------------


@pytest.fixture
def three(maria: User, sam: User) -> list[Lead]:
    """Three leads of three days in February, the newest first."""
    kinds: list[dict[str, Any]] = [
        {"channel": "web", "created_by": maria, "customer": make_customer()},
        {"channel": "web", "status": "quoted", "assigned_to": sam},
        {"channel": "whatsapp", "status": "discarded"},
    ]
    leads = []
    for day, values in enumerate(kinds, start=10):
        with time_machine.travel(datetime(2026, 2, day, 12, tzinfo=UTC), tick=False):
            leads.append(make_lead(**values))
    return leads[::-1]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", [0, 1, 2]),
        ("?skip=1&limit=1", [1]),
        ("?status=quoted", [1]),
        ("?status=&channel=web", [1, 2]),
        ("?assigned_to_id={sam}", [1]),
        ("?assigned_to_id=0", []),
        ("?assigned_to_id=999999999999999999999", []),
        ("advanced-search?client_id={client}&created_by_id={maria}", [2]),
        ("advanced-search?client_id=999", []),
        ("advanced-search?channel=web&date_from=2026-02-11", [1]),
        ("advanced-search?date_to=2026-02-11T04:00:00.000Z", [2]),
        ("advanced-search?skip=1", [1, 2]),
        ("recent?hours=1", []),
    ],
)
def test_lists_are_narrowed_and_newest_first(
    marias: ApiClient, sam: User, maria: User, three: list[Lead], query: str, places: list[int]
) -> None:
    asked = query.format(sam=sam.pk, maria=maria.pk, client=three[2].customer_id)
    assert numbers(marias, asked) == [three[place].pk for place in places]


@pytest.mark.parametrize(
    "query",
    [
        *("?status=lost", "?channel=fax", "?assigned_to_id=x", "advanced-search?date_from=soon"),
        *("recent?hours=0", "recent?hours=169", "recent?limit=101", "recent?limit=0"),
    ],
)
def test_what_cannot_be_asked_is_a_422(marias: ApiClient, query: str) -> None:
    where = query.partition("?")[2].partition("=")[0]
    assert place(marias.get(f"{LEADS}{query}")) == (422, ["query", where])


def test_recent_ones_are_those_of_a_day_and_ten_at_most(marias: ApiClient) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        old = make_lead()
    leads = [make_lead() for _ in range(11)][::-1]
    assert numbers(marias, "recent") == [lead.pk for lead in leads[:10]]
    assert numbers(marias, "recent?hours=168&limit=100")[-1] == old.pk


def test_the_numbers_of_the_dashboard_have_no_zeros(
    marias: ApiClient, sams: ApiClient, three: list[Lead]
) -> None:
    assert marias.get(f"{LEADS}stats").json() == {
        "by_status": {"new": 1, "quoted": 1, "discarded": 1},
        "by_channel": {"web": 2, "whatsapp": 1},
    }
    own = {"by_status": {"quoted": 1}, "by_channel": {"web": 1}}
    assert sams.get(f"{LEADS}stats").json() == own


# --- What salespeople see ------------------------------------------------------------------------


def test_what_a_seller_enters_is_theirs(sam: User, sue: User, sams: ApiClient) -> None:
    response = create(sams, admin_notes="mine", assigned_to_id=None)
    lead = Lead.objects.get()
    assert (response.status_code, response.json()) == (201, lead_out(lead, admin_notes=None))
    assert (lead.assigned_to, lead.admin_notes) == (sam, "")
    assert told(create(sams, assigned_to_id=sue.pk)) == NO_USER


def test_managements_notes_are_not_read_and_not_lost(
    sam: User, sams: ApiClient, marias: ApiClient
) -> None:
    lead = make_lead(customer=make_customer(), assigned_to=sam, admin_notes="private")
    path = f"{LEADS}{lead.pk}"
    changed = sams.patch(path, {"admin_notes": "", "sales_notes": "called"})
    client = sams.get(f"{CLIENTS}{lead.customer_id}").json()
    for row in (changed.json(), sams.get(path).json(), *sams.get(LEADS).json(), *client["leads"]):
        assert (row["admin_notes"], row["sales_notes"]) == (None, "called")
    assert marias.get(path).json()["admin_notes"] == "private"


def test_announced_and_now_built_sellers_see_only_their_leads(
    sam: User, sue: User, sams: ApiClient
) -> None:
    own = make_lead(assigned_to=sam)
    unseen = make_unseen(sue).lead
    path = f"{LEADS}{unseen.pk}"
    assert numbers(sams) == numbers(sams, "recent") == [own.pk]
    assert numbers(sams, f"advanced-search?assigned_to_id={sue.pk}") == []
    assert told(sams.get(path)) == (404, "Lead not found")
    for response in (
        sams.patch(path, {"sales_notes": "x"}),
        sams.delete(path),
        sams.patch(f"{path}/status", {"status": "closed"}),
    ):
        assert response.json() == missing("Lead", unseen.pk)


@pytest.mark.parametrize("case", READING, ids=str)
def test_no_address_gives_away_somebody_elses_lead(
    case: Any, sam: User, sue: User, sams: ApiClient
) -> None:
    lead = make_unseen(sue).lead
    lead.customer = make_customer()
    lead.save()
    values = {"pk": lead.pk if "leads" in str(case) else lead.customer_id, "phone": lead.phone}
    known = {name: values.get(name, lead.pk) for name in case.names}
    response = sams.get(case.route.at(**known) + case.sample.query)
    assert traces(response.content.decode()) == []


# --- Whom we do not know -------------------------------------------------------------------------


def test_a_lead_without_a_client_has_a_stand_in(marias: ApiClient) -> None:
    lead = make_lead(name="", email="eva@example.org", phone="+584123456789")
    detail = marias.get(f"{LEADS}{lead.pk}").json()
    stand_in = {
        "id": None,
        "client_type": "natural",
        "contact_name": "eva@example.org",
        "phone": "+584123456789",
        "email": "eva@example.org",
    }
    assert detail["client_id"] is None
    assert {name: detail["client"][name] for name in stand_in} == stand_in
    assert set(detail["client"]) == set(marias.post(CLIENTS, CLIENT).json())


CLIENT = {"client_type": "natural", "contact_name": "Ana"}


def test_a_lead_of_a_programs_names_it(marias: ApiClient) -> None:
    scopes = [Scope.LEADS_READ, Scope.LEADS_WRITE, Scope.CUSTOMERS_ADD]
    program = with_key(make_key("web shop", scopes=scopes))
    client = program.post(CLIENTS, CLIENT).json()
    assert told(program.post(LEADS, {"client_id": client["id"], "channel": "web"})) == NO_CLIENT
    program = with_key(make_key("web form", scopes=[*scopes, Scope.CUSTOMERS_READ]))
    lead = program.post(LEADS, {"client_id": client["id"], "channel": "web"}).json()
    creator = marias.get(f"{LEADS}{lead['id']}").json()["created_by"]
    assert (lead["created_by_id"], creator["id"]) == (None, None)
    assert creator["username"] == "API key web form"
    assert set(creator) == {*PERSON}


def test_of_others_a_seller_reads_no_more_than_the_name(
    sam: User, maria: User, sams: ApiClient
) -> None:
    maria.email = "maria@example.org"
    maria.save()
    lead = make_lead(assigned_to=sam, created_by=maria)
    detail = sams.get(f"{LEADS}{lead.pk}").json()
    creator = dict.fromkeys(PERSON) | {"id": maria.pk, "username": "maria"}
    assert detail["created_by"] == creator
    assert detail["assigned_to"]["role"] == "sales"


def test_the_main_api_sees_it_and_where_from(
    sam: User, marias: ApiClient, as_sam: ApiClient
) -> None:
    pk = create(marias, assigned_to_id=sam.pk).json()["id"]
    marias.patch(f"{LEADS}{pk}/status", {"status": "quoted"})
    marias.patch(f"{LEADS}{pk}", {"status": "contacted"})
    assert as_sam.get(f"/api/v1/leads/{pk}").json()["status"] == "contacted"
    entries = as_sam.get(f"/api/v1/leads/{pk}/history").json()["results"]
    assert [entry["action"] for entry in entries] == ["update", "update", "create"]
    assert {(e["source"], e["reason"]) for e in entries} == {("compat", "Mini CRM")}


# --- What was broken -----------------------------------------------------------------------------


def test_defect_an_unknown_assignee_was_a_500(maria: User, marias: ApiClient) -> None:
    gone, lead = make_user(), make_lead()
    gone.archive()
    path = f"{LEADS}{lead.pk}"
    for number in (999, gone.pk):
        assert told(marias.patch(f"{path}/assign?assigned_to_id={number}")) == NO_USER
        assert told(marias.patch(f"{path}/assign", {"assigned_to_id": number})) == NO_USER
        assert told(marias.patch(path, {"assigned_to_id": number})) == NO_USER
        assert told(create(marias, assigned_to_id=number)) == NO_USER


def test_defect_a_lead_list_had_no_order(marias: ApiClient) -> None:
    made = [create(marias).json()["id"] for _ in range(3)]
    marias.patch(f"{LEADS}{made[0]}/status", {"status": "quoted"})
    assert numbers(marias) == made[::-1]
