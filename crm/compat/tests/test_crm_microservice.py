"""004, the scripts' leads, actions and processes, as its README tells and its clients expect."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine

from accounts.models import User
from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.compat import arrays
from crm.compat.models import LegacyId
from crm.compat.tests.samples_crm_microservice import JOHN, NURTURING
from crm.tests.clients import ApiClient, with_key
from leads.models import Action, Lead, Process
from leads.tests.make import make_action, make_lead, make_process

ROOT = "/compat/crm-microservice"
NOW = datetime(2024, 3, 13, 10, 0, 0, tzinfo=UTC)
THEN = "2024-03-13 10:00:00"
MISSING = 999999


@pytest.fixture
def script(db: None) -> ApiClient:
    """What a script sends: a key that may read and write leads."""
    return with_key(make_key(name="script", scopes=[Scope.LEADS_READ, Scope.LEADS_WRITE]))


@pytest.fixture
def lead() -> Lead:
    return make_lead(name="Eva", email="eva@example.org")


def act(script: ApiClient, lead: Lead, **values: Any) -> Any:
    body = {"lead_id": lead.pk, "action_type": "email", "timestamp": THEN}
    return script.post(f"{ROOT}/actions/", body | values)


def the_process(script: ApiClient, lead: Lead) -> Any:
    [process] = script.get(f"{ROOT}/processes/?lead_id={lead.pk}").json()
    return process


def assert_refused(response: Any, status: int, text: str) -> None:
    assert response.status_code == status
    assert response.json() == {"detail": text, "error": text}


# --- Its README ----------------------------------------------------------------------------------


class TestLeadsOfTheReadme:
    def test_create(self, script: ApiClient) -> None:
        response = script.post(f"{ROOT}/leads", JOHN)
        lead = Lead.objects.get()
        assert response.status_code == 200
        assert response.json() == {"id": lead.pk, **JOHN, "url": None}

    def test_get(self, script: ApiClient, lead: Lead) -> None:
        shown = {"id": lead.pk, "name": "Eva", "email": lead.email, "status": "new", "url": None}
        assert script.get(f"{ROOT}/leads/{lead.pk}").json() == shown
        assert script.get(f"{ROOT}/leads").json() == [shown]

    def test_update(self, script: ApiClient, lead: Lead) -> None:
        body = {"name": "John Updated", "status": "contacted"}
        response = script.put(f"{ROOT}/leads/{lead.pk}", body)
        assert response.status_code == 200
        assert response.json() == {"id": lead.pk, "email": lead.email, "url": None, **body}

    def test_delete(self, script: ApiClient, lead: Lead) -> None:
        response = script.delete(f"{ROOT}/leads/{lead.pk}")
        assert (response.status_code, response.json()) == (200, {"message": "Lead deleted"})
        lead.refresh_from_db()
        assert lead.archived_at is not None
        for again in (script.get, script.put, script.delete):
            assert_refused(again(f"{ROOT}/leads/{lead.pk}"), 404, "Lead not found")


class TestActionsOfTheReadme:
    def test_create(self, script: ApiClient, lead: Lead) -> None:
        body = {"lead_id": lead.pk, "action_type": "email", "details": "Sent welcome email"}
        with time_machine.travel(NOW, tick=False):
            response = script.post(f"{ROOT}/actions", body)
        told = {**body, "description": "Sent welcome email", "timestamp": THEN}
        assert response.status_code == 200
        assert response.json() == {"id": Action.objects.get().pk, **told}
        assert script.get(f"{ROOT}/actions").json() == [response.json()]

    def test_update(self, script: ApiClient, lead: Lead) -> None:
        action = act(script, lead, description="Sent welcome email").json()
        path = f"{ROOT}/actions/{action['id']}"
        response = script.put(path, {"details": "Updated action details"})
        text = "Updated action details"
        assert response.json() == {**action, "details": text, "description": text}
        assert script.get(path).json() == response.json()

    def test_delete(self, script: ApiClient, lead: Lead) -> None:
        path = f"{ROOT}/actions/{act(script, lead).json()['id']}"
        response = script.delete(path)
        assert (response.status_code, response.json()) == (200, {"message": "Action deleted"})
        for again in (script.get, script.put, script.delete):
            assert_refused(again(path), 404, "Action not found")


class TestProcessesOfTheReadme:
    def test_create(self, script: ApiClient) -> None:
        with time_machine.travel(NOW, tick=False):
            response = script.post(f"{ROOT}/processes", NURTURING)
        assert response.status_code == 200
        assert response.json() == {
            "id": Process.objects.get().pk,
            **NURTURING,
            **dict.fromkeys(("lead_id", "channel", "last_action_id")),
            "next_followup_datetime": "2024-03-20 10:00:00",
        }
        assert script.get(f"{ROOT}/processes").json() == [response.json()]

    def test_update(self, script: ApiClient) -> None:
        path = f"{ROOT}/processes/{make_process().pk}"
        before = script.get(path).json()
        response = script.put(path, {"status": "completed"})
        assert response.json() == {**before, "status": "completed"}

    def test_delete(self, script: ApiClient) -> None:
        path = f"{ROOT}/processes/{make_process().pk}"
        response = script.delete(path)
        assert (response.status_code, response.json()) == (200, {"message": "Process deleted"})
        for again in (script.get, script.put, script.delete):
            assert_refused(again(path), 404, "Process not found")


def test_it_says_that_it_is_healthy(api: ApiClient, db: None) -> None:
    assert api.get(f"{ROOT}/health").status_code == 200


@pytest.mark.parametrize("name", ["lead", "action", "process"])
@pytest.mark.parametrize("shown", ["abc", "1.5", "1%00", "٣x", "9" * 2000])
def test_what_is_no_number_is_a_422(script: ApiClient, name: str, shown: str) -> None:
    path = f"{ROOT}/{name}{'es' if name == 'process' else 's'}/{shown}"
    for response in (script.get(path), script.put(path, {}), script.delete(path)):
        assert response.status_code == 422
        assert response["Content-Type"].startswith("application/json")
        [row] = response.json()["detail"]
        assert row["loc"] == ["path", f"{name}_id"]
        assert response.json()["error"] == f"{name}_id: {row['msg']}"


@pytest.mark.parametrize("shown", ["0", "-1", "999999", "9" * 19])
def test_a_number_that_no_lead_has_is_a_404(script: ApiClient, shown: str) -> None:
    for response in (script.get(f"{ROOT}/leads/{shown}"), script.delete(f"{ROOT}/leads/{shown}")):
        assert_refused(response, 404, "Lead not found")


# --- Leads ---------------------------------------------------------------------------------------


def test_an_email_that_a_lead_has_is_a_400(script: ApiClient, lead: Lead) -> None:
    taken = "A lead with this email already exists"
    assert_refused(script.post(f"{ROOT}/leads/", {**JOHN, "email": "EVA@example.org"}), 400, taken)
    john = script.post(f"{ROOT}/leads/", {**JOHN, "email": "John@Example.com"}).json()
    assert john["email"] == "john@example.com"
    path = f"{ROOT}/leads/{john['id']}"
    assert_refused(script.put(path, {"email": lead.email}), 400, taken)
    assert script.put(path, john).json() == john  # its own is nobody else's
    lead.archive(confirmed=True)
    assert script.put(path, {"email": lead.email}).status_code == 200


def test_a_salesperson_is_not_told_of_what_they_may_not_see(as_sam: ApiClient, sue: User) -> None:
    make_lead(email=JOHN["email"], assigned_to=sue)
    response = as_sam.post(f"{ROOT}/leads", JOHN)
    assert response.status_code == 200
    assert [row["id"] for row in as_sam.get(f"{ROOT}/leads").json()] == [response.json()["id"]]
    assert_refused(as_sam.post(f"{ROOT}/processes", NURTURING), 403, "Not enough permissions")


@pytest.mark.parametrize("field", ["name", "email"])
@pytest.mark.parametrize("value", ["", None, "x" * 151])
def test_a_lead_needs_a_name_and_an_email(script: ApiClient, field: str, value: Any) -> None:
    response = script.post(f"{ROOT}/leads", {**JOHN, field: value})
    assert response.status_code == 422
    [row] = response.json()["detail"]
    assert row["loc"] == ["body", field]
    assert response.json()["error"] == f"{field}: {row['msg']}"
    del (body := dict(JOHN))[field]
    assert script.post(f"{ROOT}/leads", body).json()["error"] == f"{field}: Field required"


def test_leads_are_narrowed_by_status_and_address(script: ApiClient) -> None:
    page = "http://shop.example.org/landing"
    john = script.post(f"{ROOT}/leads", {**JOHN, "status": "quoted", "url": page}).json()
    make_lead()
    assert (john["status"], john["url"]) == ("quoted", page)
    assert script.get(f"{ROOT}/leads/?status=quoted").json() == [john]
    assert script.get(f"{ROOT}/leads/?url={page}").json() == [john]
    assert script.get(f"{ROOT}/leads/?status=discarded").json() == []
    assert len(script.get(f"{ROOT}/leads/?status=&url=&color=red").json()) == 2


def test_an_unknown_status_is_a_422_that_lists_those_there_are(
    script: ApiClient, lead: Lead
) -> None:
    words = {
        f"leads/{lead.pk}": "new, contacted, quoted, closed, discarded",
        f"processes/{make_process(lead).pk}": "active, pending, completed",
    }
    for path, known in words.items():
        listed = f"{ROOT}/{path.partition('/')[0]}?status=foo"
        for response in (script.put(f"{ROOT}/{path}", {"status": "foo"}), script.get(listed)):
            assert response.status_code == 422
            assert response.json()["error"] == f"status: The status is one of {known}."
        assert script.put(f"{ROOT}/{path}", {"status": None}).status_code == 422


def test_a_status_moves_the_lead_as_anywhere(script: ApiClient, lead: Lead) -> None:
    make_action(lead)
    assert script.put(f"{ROOT}/leads/{lead.pk}", {"status": "closed"}).status_code == 200
    lead.refresh_from_db()
    assert (lead.customer and lead.customer.email) == lead.email
    assert the_process(script, lead)["status"] == "completed"
    # No program can be asked why.
    assert script.put(f"{ROOT}/leads/{lead.pk}", {"status": "discarded"}).status_code == 200


def test_one_of_another_address_is_cleared(script: ApiClient) -> None:
    john = script.post(f"{ROOT}/leads", {**JOHN, "url": "https://a.example/x"}).json()
    path = f"{ROOT}/leads/{john['id']}"
    assert script.put(path, {"url": None}).json()["url"] is None
    wrong = script.put(path, {"url": "javascript:alert(1)"})
    assert (wrong.status_code, wrong.json()["detail"][0]["loc"]) == (422, ["body", "url"])


# --- Actions and processes -----------------------------------------------------------------------


def test_the_first_action_makes_the_process_and_later_ones_move_it(
    script: ApiClient, lead: Lead
) -> None:
    first = act(script, lead).json()
    process = the_process(script, lead)
    assert process == {
        "id": process["id"],
        "name": "Eva",
        "lead_id": lead.pk,
        "channel": "email",
        "last_action_id": first["id"],
        "next_followup_datetime": "2024-03-20 10:00:00",
        "status": "active",
    }
    later = act(script, lead, action_type="phone", timestamp="2024-03-14 11:00:00").json()
    moved = the_process(script, lead)
    assert moved == process | {
        "channel": "phone",
        "last_action_id": later["id"],
        "next_followup_datetime": "2024-03-21 11:00:00",
    }
    act(script, lead, timestamp="2024-03-01 00:00:00")
    assert the_process(script, lead) == moved
    newest = make_process(lead)
    act(script, lead, timestamp="2024-04-01 00:00:00")
    newest.refresh_from_db()
    shown = script.get(f"{ROOT}/processes/{moved['id']}").json()
    assert (shown, newest.channel) == (moved, "email")


def test_description_is_another_name_of_details(script: ApiClient, lead: Lead) -> None:
    action = act(script, lead, description="by post").json()
    path = f"{ROOT}/actions/{action['id']}"
    assert action["details"] == action["description"] == "by post"
    assert script.put(path, {**action, "description": "by mail"}).json()["details"] == "by mail"
    action = script.get(path).json()
    assert script.put(path, {**action, "details": "by hand"}).json()["description"] == "by hand"
    nothing = act(script, lead).json()
    assert (nothing["details"], nothing["description"]) == (None, None)


def test_what_is_sent_back_as_it_came_changes_nothing(script: ApiClient, lead: Lead) -> None:
    make_action(lead)
    known_by_phone = make_lead(name="", email=None, phone="+584121234567")
    path = f"{ROOT}/leads/{known_by_phone.pk}"
    shown = script.get(path).json()
    assert script.put(path, shown | {"status": "quoted"}).json() == shown | {"status": "quoted"}
    known_by_phone.refresh_from_db()
    known_by_phone.archive()
    for kind, model in (("leads", Lead), ("actions", Action), ("processes", Process)):
        [row] = script.get(f"{ROOT}/{kind}").json()
        assert script.put(f"{ROOT}/{kind}/{row['id']}", row).json() == row
        assert model.objects.get(pk=row["id"]).version == 1


def test_actions_are_narrowed_by_type(script: ApiClient, lead: Lead) -> None:
    mail, call = (act(script, lead, action_type=word).json() for word in ("Email", "call"))
    assert script.get(f"{ROOT}/actions/?action_type=email").json() == [mail]
    assert script.get(f"{ROOT}/actions/").json() == [mail, call]


def test_an_action_is_of_the_past_and_stays_with_its_lead(script: ApiClient, lead: Lead) -> None:
    wrong = act(script, lead, timestamp="2199-01-01 00:00:00")
    assert (wrong.status_code, wrong.json()["detail"][0]["loc"]) == (422, ["body", "timestamp"])
    path = f"{ROOT}/actions/{act(script, lead).json()['id']}"
    fixed = script.put(path, {"lead_id": make_lead().pk})
    assert fixed.status_code == 422
    assert fixed.json()["error"] == "lead_id: An action stays with its lead."
    whole = script.generic("PUT", path, "[]", content_type="application/json")
    assert whole.json()["error"] == "The body must be a JSON object."


def test_processes_are_narrowed_by_status_and_lead(script: ApiClient, lead: Lead) -> None:
    mine = make_process(lead, status="pending")
    make_process()
    for query in ("status=pending", f"lead_id={lead.pk}"):
        found = script.get(f"{ROOT}/processes/?{query}").json()
        assert [row["id"] for row in found] == [mine.pk]
    assert script.get(f"{ROOT}/processes/?lead_id={MISSING}").json() == []


def test_a_process_may_be_made_with_all_it_says(script: ApiClient, lead: Lead) -> None:
    call = make_action(lead)
    body = {
        "name": "Second visit",
        "lead_id": lead.pk,
        "channel": "phone",
        "last_action_id": call.pk,
        "next_followup_datetime": THEN,
        "status": "pending",
    }
    made = script.post(f"{ROOT}/processes/", body).json()
    assert made == {"id": made["id"], **body}
    assert script.post(f"{ROOT}/processes/", {"lead_id": lead.pk}).json()["name"] == "Eva"
    foreign = script.post(f"{ROOT}/processes/", {**body, "last_action_id": make_action().pk})
    assert foreign.status_code == 422


# --- Who, and what is told of it -----------------------------------------------------------------


def test_it_is_told_in_the_history_and_seen_by_the_api(
    script: ApiClient, as_sam: ApiClient, as_maria: ApiClient
) -> None:
    pk = script.post(f"{ROOT}/leads", JOHN).json()["id"]
    [entry] = as_maria.get(f"/api/v1/leads/{pk}/history").json()["results"]
    assert (entry["source"], entry["reason"]) == ("compat", "CRM Microservice")
    assert entry["user"]["name"] == "API key script"
    assert as_sam.get(f"{ROOT}/leads/{pk}").status_code == 404
    assert as_sam.get(f"/api/v1/leads/{pk}").status_code == 404


def test_a_key_does_what_its_scopes_say(db: None, lead: Lead) -> None:
    reader = with_key(make_key(scopes=[Scope.LEADS_READ]))
    assert reader.get(f"{ROOT}/leads/{lead.pk}").status_code == 200
    assert_refused(reader.post(f"{ROOT}/leads", JOHN), 403, "Not enough permissions")
    stranger = with_key(make_key())
    assert_refused(stranger.get(f"{ROOT}/leads"), 403, "Not enough permissions")
    wrong = ApiClient().get(f"{ROOT}/leads", HTTP_X_API_KEY="nonsense")
    assert_refused(wrong, 401, "Could not validate credentials")


def test_ids_that_clients_hold_stay_valid(script: ApiClient) -> None:
    """The service's lead 7, action 8 and process 9 are ours of other numbers."""
    others = [make_lead() for _ in range(20)]
    lead = others[-1]
    action = make_action(lead)
    [process] = lead.processes.all()
    for kind, known, record in (("lead", 7, lead), ("action", 8, action), ("process", 9, process)):
        LegacyId.objects.create(
            service="crm-microservice", kind=kind, legacy_id=str(known), record_id=record.pk
        )
    assert script.get(f"{ROOT}/leads/7").json()["email"] == lead.email
    assert script.get(f"{ROOT}/leads/{lead.pk}").status_code == 404
    assert script.get(f"{ROOT}/actions/8").json().items() >= {"id": 8, "lead_id": 7}.items()
    shown = {"id": 9, "lead_id": 7, "last_action_id": 8}
    assert script.get(f"{ROOT}/processes/?lead_id=7").json()[0].items() >= shown.items()
    said = script.post(f"{ROOT}/actions", {"lead_id": 7, "action_type": "call"}).json()
    assert (said["lead_id"], lead.actions.count()) == (7, 2)
    kept = script.put(f"{ROOT}/processes/9", {"last_action_id": 8, "lead_id": "7"})
    assert kept.json().items() >= shown.items()
    assert script.put(f"{ROOT}/leads/7", {"name": "Ana"}).json()["id"] == 7


def test_a_list_is_as_long_as_it_is(script: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces, and of no more than one piece as any other answer."""
    monkeypatch.setattr(arrays, "BATCH", 2)
    rows: list[Any] = []
    for number in range(6):
        answer = script.get(f"{ROOT}/leads/")
        assert answer.streaming == (number > 2)
        assert orjson.loads(b"".join(answer)) == rows
        rows.append(script.post(f"{ROOT}/leads", {**JOHN, "email": f"{number}@x.org"}).json())


# --- What was broken -----------------------------------------------------------------------------


def test_defect_names_in_a_body_became_names_of_columns(script: ApiClient, lead: Lead) -> None:
    hostile = {"name = 'x' --": 1, "id": 77, "archived_at": THEN, "version": 9, "status": "quoted"}
    response = script.put(f"{ROOT}/leads/{lead.pk}", hostile)
    assert response.json()["id"] == lead.pk
    lead.refresh_from_db()
    assert (lead.name, lead.archived_at, lead.version, lead.status) == ("Eva", None, 2, "quoted")


def test_defect_actions_and_processes_of_missing_leads_were_accepted(script: ApiClient) -> None:
    make_lead().archive()
    for missing in (MISSING, Lead.objects.get().pk):
        for kind in ("actions", "processes"):
            body = {"lead_id": missing, "action_type": "call"}
            assert_refused(script.post(f"{ROOT}/{kind}", body), 404, "Lead not found")
    body = {"last_action_id": MISSING}
    assert_refused(script.post(f"{ROOT}/processes", body), 404, "Action not found")
    assert (Action.objects.count(), Process.objects.count()) == (0, 0)


def test_defect_a_delete_left_orphans(script: ApiClient, lead: Lead) -> None:
    action = act(script, lead).json()
    process = the_process(script, lead)
    script.delete(f"{ROOT}/leads/{lead.pk}")
    assert script.get(f"{ROOT}/actions").json() == script.get(f"{ROOT}/processes").json() == []
    assert script.get(f"{ROOT}/actions/{action['id']}").status_code == 404
    assert script.get(f"{ROOT}/processes/{process['id']}").status_code == 404
    assert not Process.objects.open().exists()


def test_defect_a_delete_of_the_last_action_left_its_id(script: ApiClient, lead: Lead) -> None:
    first, second = (act(script, lead, timestamp=f"2024-03-1{day} 10:00:00").json() for day in "34")
    for action, before in ((second, first["id"]), (first, None)):
        assert script.delete(f"{ROOT}/actions/{action['id']}").status_code == 200
        assert the_process(script, lead)["last_action_id"] == before


def test_defect_rows_were_kept_after_an_error(
    script: ApiClient, lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("leads.action.follow_up", broken)
    script.raise_request_exception = False
    response = act(script, lead)
    assert response.status_code == 500
    assert not Action.objects.exists()
    lead.refresh_from_db()
    assert lead.touched_at - lead.created_at < timedelta(seconds=1)
