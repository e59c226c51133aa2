"""What an action does to the next step."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import ApiKey, User
from crm.base.context import acting
from crm.base.errors import Forbidden
from crm.tests.clients import ApiClient
from leads.following_up import log
from leads.models import Action, Lead, Process
from leads.tests.make import make_process

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WEEK = timedelta(days=7)


def step(lead: Lead) -> Process:
    found: Process = lead.processes.get()
    return found


def test_the_first_action_opens_a_process(sams: Lead) -> None:
    action = log(sams, "call", occurred_at=MONDAY)
    process = step(sams)
    assert (process.status, process.channel, process.last_action) == ("active", "call", action)
    assert process.next_followup_at == MONDAY + WEEK
    assert process.owner == sams.assigned_to


@pytest.mark.parametrize("word", ["note", "Note", "NOTE"])
def test_a_note_is_no_action(word: str, sams: Lead) -> None:
    log(sams, word)
    assert not Process.objects.exists()
    log(sams, "call", occurred_at=MONDAY)
    log(sams, word)
    assert step(sams).next_followup_at == MONDAY + WEEK


def test_later_ones_move_it_forward(sams: Lead) -> None:
    log(sams, "call", occurred_at=MONDAY)
    later = log(sams, "Visita en la tienda", occurred_at=MONDAY + timedelta(days=2))
    process = step(sams)
    assert process.next_followup_at == MONDAY + timedelta(days=9)
    assert (process.channel, process.last_action) == ("Visita en la tienda", later)


def test_an_older_one_leaves_it(sams: Lead) -> None:
    last = log(sams, "call", occurred_at=MONDAY)
    log(sams, "email", occurred_at=MONDAY - timedelta(days=1))
    process = step(sams)
    assert (process.channel, process.last_action) == ("call", last)
    assert process.next_followup_at == MONDAY + WEEK


def test_it_never_moves_back(sams: Lead) -> None:
    log(sams, "call", occurred_at=MONDAY)
    process = step(sams)
    process.next_followup_at = MONDAY + timedelta(days=60)
    process.save()
    log(sams, "email", occurred_at=MONDAY + timedelta(days=1))
    process.refresh_from_db()
    assert (process.channel, process.next_followup_at) == ("email", MONDAY + timedelta(days=60))


def test_a_person_may_set_any_date(as_sam: ApiClient, sams: Lead) -> None:
    log(sams, "call", occurred_at=MONDAY)
    path, earlier = f"/api/v1/processes/{step(sams).pk}", "2026-03-03T08:00:00Z"
    assert as_sam.patch(path, {"next_followup_at": earlier}).json()["next_followup_at"] == earlier


def test_of_several_the_newest_active_one_moves(sams: Lead) -> None:
    first, second = make_process(sams), make_process(sams)
    make_process(sams, status="pending")
    log(sams, "call")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.channel, second.channel) == ("", "call")


def test_a_lead_taken_up_again_gets_a_new_one(sams: Lead) -> None:
    log(sams, "call", occurred_at=MONDAY)
    Process.objects.get().delete()
    log(sams, "call", occurred_at=MONDAY + WEEK)
    assert step(sams).next_followup_at == MONDAY + 2 * WEEK


def test_an_active_process_has_a_date(as_sam: ApiClient, sams: Lead) -> None:
    body = as_sam.post("/api/v1/processes", {"lead": sams.pk, "name": "Visit"}).json()
    assert body["next_followup_at"] is not None
    assert (body["lead"]["id"], body["overdue"]) == (sams.pk, False)


def test_it_is_about_the_last_action_of_its_own_lead(
    as_maria: ApiClient, sams: Lead, sues: Lead
) -> None:
    foreign = log(sues, "call")
    body = {"lead": sams.pk, "name": "Visit", "last_action": foreign.pk}
    refusal = as_maria.post("/api/v1/processes", body)
    assert refusal.json()["errors"][0]["code"] == "other_lead"


def test_actions_and_processes_stay_with_their_lead(
    as_maria: ApiClient, sams: Lead, sues: Lead
) -> None:
    action = log(sams, "call")
    for path in (f"actions/{action.pk}", f"processes/{step(sams).pk}"):
        refusal = as_maria.patch(f"/api/v1/{path}", {"lead": sues.pk})
        assert refusal.json()["errors"][0]["code"] == "fixed"


def test_people_correct_only_what_they_noted_themselves(
    as_sam: ApiClient, as_maria: ApiClient, sams: Lead
) -> None:
    own = as_sam.post("/api/v1/actions", {"lead": sams.pk, "action_type": "Call"}).json()
    assert own["action_type"] == "call"
    others = log(sams, "email")
    path = f"/api/v1/actions/{others.pk}"
    assert as_sam.patch(path, {"details": "x"}).status_code == 403
    assert as_sam.patch(f"/api/v1/actions/{own['id']}", {"details": "x"}).status_code == 200
    assert as_maria.patch(path, {"details": "x"}).status_code == 200


def test_people_take_back_only_what_they_noted_themselves(
    as_sam: ApiClient, as_maria: ApiClient, sams: Lead
) -> None:
    own = as_sam.post("/api/v1/actions", {"lead": sams.pk, "action_type": "call"}).json()
    others = log(sams, "email")
    path = f"/api/v1/actions/{others.pk}"
    assert as_sam.delete(path).status_code == 403
    assert as_sam.delete(f"/api/v1/actions/{own['id']}").status_code == 204
    assert as_maria.delete(path).status_code == 204
    assert not sams.actions.exists()
    entry = Action.history.filter(id=own["id"]).latest("history_id")
    assert (entry.history_type, entry.actor_name) == ("-", "sam")


def test_a_key_takes_back_what_it_may_oversee_whatever_its_number(sams: Lead, sam: User) -> None:
    action = log(sams, "call", created_by=sam)
    with acting(actor=ApiKey(pk=sam.pk, scopes=["leads:read"])):
        action.delete()
    with acting(actor=ApiKey(pk=sam.pk, scopes=["customers:add"])), pytest.raises(Forbidden):
        log(sams, "call", created_by=sam).delete()


def test_the_step_of_an_action_taken_back_is_that_of_the_one_before(sams: Lead) -> None:
    first = log(sams, "email", occurred_at=MONDAY)
    log(sams, "note", occurred_at=MONDAY + WEEK)
    mistaken = log(sams, "call", occurred_at=MONDAY + timedelta(days=2))
    mistaken.delete()
    process = step(sams)
    assert (process.channel, process.last_action) == ("email", first)
    assert process.next_followup_at == MONDAY + timedelta(days=9)  # nobody is forgotten
    first.delete()
    process = step(sams)
    assert (process.channel, process.last_action, process.status) == ("email", None, "active")
    assert process.history.count() == process.version


def test_of_an_archived_lead_nothing_is_taken_back(as_maria: ApiClient, sams: Lead) -> None:
    action = log(sams, "call")
    sams.archive(confirmed=True)
    refusal = as_maria.delete(f"/api/v1/actions/{action.pk}")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "archived")
