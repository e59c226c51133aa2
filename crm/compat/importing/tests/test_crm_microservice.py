"""004: a SQLite file with leads, actions and processes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm.compat.importing.tests.conftest import Do
from crm.compat.models import ImportedRow, LegacyId
from customers.models import Customer
from customers.tests.make import make_customer
from leads.models import Action, Lead, Process
from leads.tests.make import make_lead

pytestmark = pytest.mark.django_db
SERVICE = "crm-microservice"
LEADS = [
    {"id": number, "name": name, "email": email, "status": status, "url": url}
    for number, name, email, status, url in [
        (1, "John", "John@Example.com", "new", "http://x.org/a"),
        (2, "Jane", "jane@example.com", "Contacted", "nonsense"),
        (3, "Won", "won@example.com", "converted", None),
        (4, "Odd", "odd@example.com", "на паузе", None),
        (5, "Nobody", "not an email", "new", None),
    ]
]
ACTIONS = [
    {"id": number, "lead_id": lead, "action_type": kind, "details": details, "timestamp": at}
    for number, lead, kind, details, at in [
        (1, 1, "Email", "Hi", "2024-03-13 10:00:00"),
        (2, 99, "call", "", "2024-03-13 10:00:00"),
        (3, 2, "call", None, "2031-01-01 00:00:00"),
    ]
]
PROCESSES = [
    {
        "id": 1,
        "name": "Nurture",
        "lead_id": 1,
        "channel": "email",
        "last_action_id": 1,
        "next_followup_datetime": "2024-03-20 10:00:00",
        "status": "active",
    },
    {
        "id": 2,
        "name": "Gone",
        "lead_id": 77,
        "channel": "phone",
        "last_action_id": 3,
        "next_followup_datetime": None,
        "status": "done",
    },
    {
        "id": 3,
        "name": "Over",
        "lead_id": 3,
        "channel": "phone",
        "last_action_id": None,
        "next_followup_datetime": None,
        "status": "active",
    },
]


@pytest.fixture
def source(microservice: Callable[..., Path]) -> Path:
    return microservice(leads=LEADS, actions=ACTIONS, processes=PROCESSES)


def stored() -> list[int]:
    models = (Lead, Action, Process, Customer, LegacyId, ImportedRow)
    return [model._base_manager.count() for model in models]


def test_a_dry_run_tells_the_same_and_stores_nothing(do: Do, source: Path) -> None:
    tried = do.dry(SERVICE, source)
    assert stored() == [0] * 6
    assert "dry run" in tried.text
    assert [note["code"] for note in do(SERVICE, source).notes] == [
        note["code"] for note in tried.notes
    ]


def test_leads_come_with_what_was_done_and_what_is_next(do: Do, source: Path) -> None:
    told = do(SERVICE, source)
    john = Lead.objects.get(email="john@example.com")
    assert (john.name, john.status, john.source_url) == ("John", "new", "http://x.org/a")
    action = john.actions.get()
    assert (action.action_type, action.details) == ("email", "Hi")
    assert action.occurred_at == datetime(2024, 3, 13, 10, tzinfo=UTC)
    process = john.processes.get()
    assert (process.last_action, process.status) == (action, "active")
    assert process.next_followup_at == datetime(2024, 3, 20, 10, tzinfo=UTC)
    assert {(row.source, row.history_change_reason) for row in Lead.history.all()} == {
        ("import", "CRM Microservice")
    }
    assert told.of(1) == []


def test_what_does_not_fit_is_told_row_by_row_and_nothing_is_lost(do: Do, source: Path) -> None:
    told = do(SERVICE, source)
    leads = [note for note in told.notes if note["table"] == "leads"]
    assert [(note["key"], note["code"], note["value"]) for note in leads] == [
        ("2", "left_out", "nonsense"),
        ("3", "other_word", "converted"),
        ("3", "converted", ""),
        ("4", "unknown_word", "на паузе"),
        ("5", "left_out", "not an email"),
        ("5", "unreachable", ""),
    ]
    assert told.about("lead_missing") == ["2", "2"]
    assert Action.objects.count() == 2  # of three: one had no lead
    assert "in_the_future" in told.of(3)
    assert "rows 5; taken over 4, not taken 1" in told.text


def test_a_lead_that_was_won_has_a_customer(do: Do, source: Path) -> None:
    jane = make_customer(name="Won", email="won@example.com")
    do(SERVICE, source)
    won = Lead.objects.get(email="won@example.com")
    assert (won.status, won.customer) == ("closed", jane)
    assert won.processes.get().status == "completed"


def test_a_second_run_changes_nothing_and_tells_the_same(do: Do, source: Path) -> None:
    first, before = do(SERVICE, source), stored()
    history = Lead.history.count()
    second = do(SERVICE, source)
    assert (second.notes, stored(), Lead.history.count()) == (first.notes, before, history)
    assert "there already 4, not taken 1" in second.text


def test_clients_find_their_leads_and_new_ones_get_other_ids(do: Do, source: Path) -> None:
    native = make_lead(name="Here before", email="before@example.com")
    do(SERVICE, source)
    ids = LegacyId.objects
    john = Lead.objects.get(email="john@example.com")
    assert ids.record(SERVICE, "lead", 1) == john.pk
    assert ids.shown(SERVICE, "lead", [john.pk]) == {john.pk: "1"}
    assert ids.record(SERVICE, "action", 1) == john.actions.get().pk
    assert ids.record(SERVICE, "process", 1) == john.processes.get().pk
    assert make_lead().pk > 5
    # Whoever had the number of an imported one is known by another, which finds them.
    shown = ids.shown(SERVICE, "lead", [native.pk]).get(native.pk, str(native.pk))
    assert ids.record(SERVICE, "lead", shown) == native.pk


def test_a_change_there_is_followed_unless_it_was_changed_here_too(
    do: Do, source: Path, microservice: Callable[..., Path]
) -> None:
    do(SERVICE, source)
    jane = Lead.objects.get(email="jane@example.com")
    jane.name = "Jane, as known here"
    jane.save()
    changed = [{**LEADS[0], "status": "contacted"}, {**LEADS[1], "name": "Jane There"}]
    new = {"id": 6, "name": "Late", "email": "late@example.com", "status": "new", "url": None}
    told = do(SERVICE, microservice(leads=[*changed, new]))
    assert Lead.objects.get(email="john@example.com").status == "contacted"
    assert Lead.objects.get(email="jane@example.com").name == "Jane, as known here"
    assert Lead.objects.filter(email="late@example.com").exists()
    assert "changed_on_both" in told.of(2)
    assert do(SERVICE, source).notes == told.notes


def test_times_without_a_zone_are_of_the_zone_named(do: Do, source: Path) -> None:
    do(SERVICE, source, time_zone=ZoneInfo("America/Caracas"))
    assert Action.objects.get(details="Hi").occurred_at == datetime(2024, 3, 13, 14, tzinfo=UTC)
