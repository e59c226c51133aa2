"""Work by the clock: each turn once, over every change of the clocks, and again when it failed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from crm.base.outbox import jobs
from crm.base.outbox.jobs import Every, EveryMorning, Job, run_due
from crm.base.outbox.tables import JOB_LEASE, JobRun
from crm.base.tests.conftest import Lines

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
Morning = list[tuple[date, set[str]]]


@pytest.fixture(autouse=True)
def no_other_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_jobs", {})


@contextmanager
def job(schedule: Job) -> Iterator[None]:
    jobs.register("sample", schedule)
    yield
    jobs.unregister("sample")


def move(user: Any, zone: str) -> Any:
    user.time_zone = zone
    user.save()
    return user


def hours(start: datetime, number: int, work: Callable[[datetime], Any]) -> None:
    for hour in range(number):
        work(start + timedelta(hours=hour))


def test_every_turn_is_run_once() -> None:
    turns: list[datetime] = []
    with job(Every(minutes=60, run=turns.append)):
        for minutes in (0, 1, 59, 60, 60, 300):
            run_due(NOON + timedelta(minutes=minutes))
    starts = [turn.isoformat() for turn in turns]
    assert starts == [f"2026-03-02T{hour}:00:00+00:00" for hour in ("12", "13", "17")]


def mornings_of(hour: int, seen: Morning) -> EveryMorning:
    def note(people: Any, day: date) -> None:
        seen.append((day, {user.username for user in people}))

    return EveryMorning(hour=hour, run=note)


def test_a_morning_comes_where_people_are(sam: Any, sue: Any, maria: Any, settings: Any) -> None:
    settings.TIME_ZONE = "America/Caracas"
    move(sam, "Asia/Tokyo"), move(sue, "America/Caracas"), move(maria, "")
    seen: Morning = []
    with job(mornings_of(7, seen)):
        hours(datetime(2026, 3, 2, 20, tzinfo=UTC), 24, run_due)
    assert seen == [
        (date(2026, 3, 2), {"sue", "maria"}),  # it is 16:00 there: late is better than not at all
        (date(2026, 3, 3), {"sam"}),  # 22:00 UTC
        (date(2026, 3, 3), {"sue", "maria"}),  # 11:00 UTC
    ]


def test_who_left_has_no_mornings(sam: Any) -> None:
    move(sam, "Asia/Tokyo").archive()
    seen: Morning = []
    with job(mornings_of(0, seen)):
        run_due(NOON)
    assert not seen


@pytest.mark.parametrize(
    ("zone", "start", "hour"),
    [
        ("Europe/Madrid", datetime(2026, 3, 28, tzinfo=UTC), 2),  # 02:00 to 03:00 does not exist
        ("Europe/Madrid", datetime(2026, 10, 24, tzinfo=UTC), 2),  # 02:00 to 03:00 comes twice
        ("America/Havana", datetime(2026, 3, 7, 6, tzinfo=UTC), 0),  # midnight does not exist
        ("America/New_York", datetime(2026, 10, 31, 6, tzinfo=UTC), 1),
    ],
)
def test_it_is_morning_once_a_day_when_the_clocks_change(
    sam: Any, zone: str, start: datetime, hour: int
) -> None:
    move(sam, zone)
    seen: Morning = []
    with job(mornings_of(hour, seen)):
        hours(start, 72, run_due)
    days = [day for day, _people in seen]
    assert len(days) == len(set(days))
    assert {date(start.year, start.month, start.day) + timedelta(days=n) for n in (0, 1, 2)} <= set(
        days
    )


def test_who_moves_has_one_morning_more_and_the_key_of_a_notice_tells(sam: Any) -> None:
    move(sam, "Asia/Tokyo")
    seen: Morning = []
    with job(mornings_of(7, seen)):
        run_due(datetime(2026, 3, 2, 3, tzinfo=UTC))
        move(sam, "America/Caracas")
        run_due(datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert seen == [(date(2026, 3, 2), {"sam"})] * 2


def fail_first(times: int, done: list[datetime]) -> Callable[[datetime], None]:
    def run(moment: datetime) -> None:
        done.append(moment)
        if len(done) <= times:
            raise ValueError("Ana's phone")

    return run


def test_a_failure_is_repeated_and_spoils_no_other_job(log: Lines) -> None:
    tried: list[datetime] = []
    others: list[datetime] = []
    with job(Every(minutes=600, run=fail_first(2, tried))):
        jobs.register("other", Every(minutes=600, run=others.append))
        moment = NOON
        run_due(moment)
        run_due(moment + timedelta(seconds=5))
        assert (len(tried), len(others)) == (1, 1)
        for _ in range(9):
            moment += timedelta(minutes=3)
            run_due(moment)
        jobs.unregister("other")
    assert (len(tried), len(others)) == (3, 1)
    assert JobRun.objects.get(name="sample").attempts == 3
    assert "ValueError" in str(log())
    assert "Ana" not in str(log())


def test_it_fails_so_often_and_not_for_ever() -> None:
    tried: list[datetime] = []
    with job(Every(minutes=24 * 60, run=fail_first(99, tried))):
        hours(NOON.replace(hour=0), 24, run_due)
    assert len(tried) == jobs.MOST_ATTEMPTS


def test_what_a_dead_worker_began_is_begun_again() -> None:
    done: list[datetime] = []
    with job(Every(minutes=600, run=done.append)):
        [(name, turn)] = jobs._open_turns(NOON)
        JobRun.objects.create(name=name, slot=turn.slot)
        assert JobRun.objects.all().take(NOON, JOB_LEASE)
        run_due(NOON + JOB_LEASE - timedelta(seconds=1))
        assert not done
        run_due(NOON + JOB_LEASE)
    assert len(done) == 1


def test_nothing_to_do_is_two_statements(
    sam: Any, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with job(mornings_of(0, [])):
        run_due(NOON)
        with django_assert_num_queries(2):  # whose morning it is, what is done
            run_due(NOON)


def test_a_name_is_taken_once() -> None:
    schedule = Every(minutes=1, run=partial(print))
    with job(schedule), pytest.raises(ValueError, match="sample"):
        jobs.register("sample", schedule)
