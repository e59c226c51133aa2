"""Follow-ups that are due: told every morning and at their hour, where the reader is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from crm.base.context import acting
from crm.base.outbox import jobs
from crm.base.outbox.jobs import run_due
from crm.base.outbox.tables import Notice
from leads import reminders
from leads.models import Lead, Process
from leads.reminders import DIGEST, MOST_LISTED, REMINDER
from leads.telling import ASSIGNED, CREATED, MOVED
from leads.tests.mailbox import delivered, reasons, waiting
from leads.tests.make import make_lead, make_process

MORNING = datetime(2026, 3, 2, 7, 0, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    """The time for everybody, moved by hand; a worker looks at it whenever it moves."""

    def __init__(self) -> None:
        self.now = MORNING

    def at(self, now: datetime) -> list[Any]:
        """Let a worker work at ``now`` and return what it sends."""
        self.now = now
        run_due(now)
        return [*delivered(now)]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    """No other job runs by it."""
    ours = {name: job for name, job in jobs._jobs.items() if name.startswith("follow_ups")}
    assert len(ours) == 2
    monkeypatch.setattr(jobs, "_jobs", ours)
    settings.BASE_URL, settings.TIME_ZONE = "https://crm.example.org", "UTC"
    stopped = Clock()
    monkeypatch.setattr(timezone, "now", lambda: stopped.now)
    return stopped


@pytest.fixture(autouse=True)
def people(clock: Clock, maria: User, sam: User, sue: User) -> None:
    """Everybody can be reached, and hears of nothing but follow-ups."""
    for user in (maria, sam, sue):
        user.email = f"{user.username}@example.org"
        user.notice_switches = {f"{kind}:email": False for kind in (CREATED, ASSIGNED, MOVED)}
        user.save()


def told(mails: list[Any]) -> list[tuple[str, str]]:
    return sorted((mail.to[0].partition("@")[0], mail.subject) for mail in mails)


def only(kind: str, user: User) -> None:
    """Switch off what is not ``kind``."""
    other = {DIGEST: REMINDER, REMINDER: DIGEST}[kind]
    switched = {f"{kind}:email": True, f"{other}:email": False}
    user.notice_switches = {**user.notice_switches, **switched}
    user.save()


def test_the_day_begins_with_what_is_overdue(clock: Clock, sam: User, sams: Lead) -> None:
    at_ten, late = MORNING.replace(hour=10, minute=0), MORNING - timedelta(days=3)
    make_process(sams, name="Visit", next_followup_at=at_ten)
    make_process(sams, name="Ana", next_followup_at=late)
    make_process(sams, name="Offer", status="pending", next_followup_at=MORNING - HOUR)
    make_process(sams, name="Tomorrow", next_followup_at=MORNING.replace(day=3, hour=0))
    make_process(sams, name="Done", status="completed", next_followup_at=late)
    make_process(make_lead(), name="Nobody's", next_followup_at=late)
    only(DIGEST, sam)
    [mail] = [mail for mail in clock.at(MORNING) if mail.to == ["sam@example.org"]]
    assert mail.subject == "Follow-ups: 2 overdue, 1 today"
    texts = [line for line in mail.body.splitlines() if line and not line.startswith("http")]
    assert texts[:3] == [
        "Overdue since 02/27/2026 7 a.m.: Ana",
        "Overdue since 03/02/2026 6 a.m.: Offer, Ana",
        "10 a.m.: Visit, Ana",
    ]
    assert f"https://crm.example.org/admin/leads/lead/{sams.pk}/change/" in mail.body


def test_who_has_nothing_to_do_hears_nothing(clock: Clock, sams: Lead, sue: User) -> None:
    make_process(sams, next_followup_at=MORNING + timedelta(days=1))
    assert clock.at(MORNING) == []
    assert waiting() == []


def test_those_who_oversee_hear_of_what_is_nobody_s(clock: Clock, sams: Lead, sues: Lead) -> None:
    nobodys = make_lead(name="Eva")
    for lead in (sams, sues, nobodys, None):
        Process.objects.create(lead=lead, name="Call", next_followup_at=MORNING + HOUR)
    mails = {mail.to[0]: mail for mail in clock.at(MORNING)}
    assert mails["maria@example.org"].subject == "Follow-ups: 2 today"
    assert "Call, Eva (nobody's)" in mails["maria@example.org"].body
    for name in ("sam", "sue"):
        assert mails[f"{name}@example.org"].subject == "Follow-ups: 1 today"
    assert "Zelda" not in mails["sam@example.org"].body


def test_a_long_list_is_cut(clock: Clock, sams: Lead, sam: User) -> None:
    only(DIGEST, sam)
    for number in range(MOST_LISTED + 2):
        make_process(sams, next_followup_at=MORNING - timedelta(days=2, minutes=number))
    [mail] = clock.at(MORNING)
    assert mail.subject == f"Follow-ups: {MOST_LISTED + 2} overdue"
    assert mail.body.count("Overdue since") == MOST_LISTED
    assert "and 2 more" in mail.body


@pytest.mark.parametrize(
    ("zones", "start"),
    [
        (("Europe/Madrid", "America/Caracas", "Asia/Tokyo"), datetime(2026, 3, 28, 1, tzinfo=UTC)),
        (("America/New_York", "Australia/Perth", ""), datetime(2026, 10, 31, 0, tzinfo=UTC)),
    ],
    ids=["clocks go forward", "clocks go back"],
)
def test_it_is_morning_where_the_reader_is(
    zones: tuple[str, ...], start: datetime, clock: Clock, maria: User, sam: User, sue: User
) -> None:
    users = dict(zip(("maria", "sam", "sue"), zones, strict=True))
    for user in (maria, sam, sue):
        user.time_zone = users[user.username]
        only(DIGEST, user)
        lead = make_lead(assigned_to=user)
        make_process(lead, name="Call", next_followup_at=start - timedelta(days=1))
    clock.at(start)
    Notice.objects.all().delete()
    mornings: dict[str, list[str]] = {name: [] for name in users}
    for hour in range(1, 73):
        for mail in clock.at(start + timedelta(hours=hour)):
            name = mail.to[0].partition("@")[0]
            local = clock.now.astimezone(ZoneInfo(users[name] or "UTC"))
            mornings[name].append(f"{local:%H:%M}")
    assert mornings == dict.fromkeys(users, ["07:00"] * 3)


def test_times_are_the_reader_s(clock: Clock, sam: User, sams: Lead) -> None:
    sam.time_zone, sam.language = "Asia/Tokyo", "ru"
    only(DIGEST, sam)
    # Tokyo's 2nd of March ends at 15:00 UTC.
    for name, hour in (("Звонок", 14), ("Завтра", 15)):
        make_process(sams, name=name, next_followup_at=MORNING.replace(hour=hour, minute=30))
    [mail] = clock.at(MORNING)
    assert mail.subject == "Следующие шаги — на сегодня: 1"
    assert "23:30: Звонок, Ana" in mail.body


def test_a_digest_that_comes_a_day_late_is_dropped(clock: Clock, sam: User, sams: Lead) -> None:
    only(DIGEST, sam)
    make_process(sams, next_followup_at=MORNING + HOUR)
    run_due(MORNING)
    clock.now = MORNING + timedelta(days=1)
    assert delivered(clock.now) == []
    assert reasons() == ["irrelevant"]
    assert len(clock.at(clock.now)) == 1  # that day's own


def test_a_digest_of_what_is_done_meanwhile_is_dropped(clock: Clock, sam: User, sams: Lead) -> None:
    only(DIGEST, sam)
    process = make_process(sams, next_followup_at=MORNING + HOUR)
    run_due(MORNING)
    process.status = "completed"
    process.save()
    assert delivered(MORNING) == []


@pytest.fixture
def call(sams: Lead, sam: User) -> Process:
    """A call of sam's at 10:07; no digests."""
    only(REMINDER, sam)
    return make_process(sams, name="Call", next_followup_at=at(10, 7))


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return MORNING.replace(hour=hour, minute=minute, second=second)


def test_each_is_told_at_its_hour_and_once(clock: Clock, call: Process, sams: Lead) -> None:
    assert clock.at(at(10, 5)) == []
    assert clock.at(at(10, 6, 59)) == []
    [mail] = clock.at(at(10, 7))
    assert mail.subject == "Follow-up due: Call, Ana"
    assert "03/02/2026 10:07 a.m.: Call, Ana" in mail.body
    assert f"Email: {sams.email}" in mail.body
    for _ in range(2):  # as by a worker that died before it noted that the job was done
        reminders.tell_at_the_hour(at(10, 5))
    assert clock.at(at(10, 10)) == []
    assert Notice.objects.count() == 1


def test_what_fell_due_while_nobody_worked_is_told_late(clock: Clock, call: Process) -> None:
    assert len(clock.at(at(18, 0))) == 1
    make_process(call.lead, next_followup_at=at(18, 0) - timedelta(hours=25))
    assert clock.at(at(18, 5)) == []


def test_one_that_is_moved_is_due_anew(clock: Clock, call: Process) -> None:
    assert len(clock.at(at(10, 7))) == 1
    move(call, at(11, 0))
    assert clock.at(at(10, 50)) == []
    assert len(clock.at(at(11, 0))) == 1
    assert clock.at(at(11, 5)) == []


def move(call: Process, when: datetime) -> None:
    call.next_followup_at = when
    call.save()


def complete(call: Process, lead: Lead) -> None:
    call.status = "completed"
    call.save()


def put_off(call: Process, lead: Lead) -> None:
    move(call, at(12, 0))


def archive(call: Process, lead: Lead) -> None:
    lead.archive()


def discard(call: Process, lead: Lead) -> None:
    lead.status = "discarded"
    lead.save()


def reassign(call: Process, lead: Lead) -> None:
    lead.assign(None)


def take_back(call: Process, lead: Lead) -> None:
    call.delete()


def dismiss(call: Process, lead: Lead) -> None:
    User.objects.get(username="sam").archive(confirmed=True)


@pytest.mark.parametrize(
    "meanwhile", [complete, put_off, archive, discard, reassign, take_back, dismiss]
)
def test_what_is_no_concern_any_more_is_dropped(
    meanwhile: Callable[[Process, Lead], None], clock: Clock, call: Process, sams: Lead
) -> None:
    clock.at(at(10, 5))
    meanwhile(call, sams)
    assert clock.at(at(10, 9)) == []
    assert len(reasons()) == 1


def test_it_goes_to_whose_it_is_by_then(clock: Clock, call: Process, sams: Lead, sue: User) -> None:
    clock.at(at(10, 5))
    sams.assign(sue)
    assert clock.at(at(10, 9)) == []
    assert told(clock.at(at(10, 10))) == [("sue", "Follow-up due: Call, Ana")]


def test_what_nobody_has_is_told_to_who_planned_it(clock: Clock, maria: User) -> None:
    with acting(actor=maria):
        process = Process.objects.create(name="Fair", next_followup_at=at(10, 0))
    only(REMINDER, maria)
    [mail] = clock.at(at(10, 0))
    assert mail.subject == "Follow-up due: Fair (nobody's)"
    assert f"https://crm.example.org/admin/leads/process/{process.pk}/change/" in mail.body


def test_nor_to_who_may_not_see_it_any_more(clock: Clock, maria: User) -> None:
    with acting(actor=maria):
        Process.objects.create(name="Fair", next_followup_at=at(10, 0))
    clock.at(at(9, 55))
    maria.role = "sales"
    maria.save()
    assert not [mail for mail in clock.at(at(10, 0)) if mail.to == ["maria@example.org"]]


def test_who_switched_it_off_is_left_alone(clock: Clock, call: Process, sam: User) -> None:
    only(DIGEST, sam)
    assert clock.at(at(10, 7)) != []  # the day's
    assert [kind for _user, kind in waiting()] == [DIGEST]
