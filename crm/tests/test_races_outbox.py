"""Several workers at one outbox, and workers that are killed; beside one that sends twice."""

import os
import signal as signals
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from crm.base.outbox import delivery, jobs, mail
from crm.base.outbox.channels import WAYS, Way
from crm.base.outbox.delivery import deliver_next
from crm.base.outbox.leases import LeasedQuerySet
from crm.base.outbox.notices import notify
from crm.base.outbox.tables import NOTICE_LEASE, Channel, JobRun, Notice, Status
from crm.base.outbox.worker import drain
from crm.base.tests.outbox.sample import REMINDER, kind, mails, remind
from crm.tests.races import Died, meeting_point, race

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

WORKERS = 4
NOTICES = 40


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Every process delivers into this folder, and does nothing else by the clock."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    with kind(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_jobs", {})
        yield tmp_path / "mails"


@pytest.fixture
def reader(sam: User) -> User:
    sam.email = "sam@example.org"
    sam.save()
    return sam


def work() -> None:
    drain(Event())


def ids(folder: Path) -> "Counter[str]":
    return Counter(str(message["Message-ID"]) for message in mails(folder))


def assert_each_is_sent_once(reader: User, mailbox: Path) -> None:
    with transaction.atomic():
        for number in range(NOTICES):
            notify(reader, REMINDER, {}, key=str(number))
    race(*[work] * WORKERS)
    found = ids(mailbox)
    assert set(found) == {f"<{notice.message_id}>" for notice in Notice.objects.all()}
    assert set(found.values()) == {1}
    assert set(Notice.objects.values_list("status", "attempts")) == {(Status.SENT, 1)}


def test_of_four_workers_one_sends_each_notice(reader: User, mailbox: Path) -> None:
    assert_each_is_sent_once(reader, mailbox)


def careless_take(everybody_has_read: Any) -> Callable[..., Any]:
    """Return a claim that reads first and writes later; at first all have read the same."""
    began: list[bool] = []  # each process has its own

    def take(self: Any, now: datetime, lease: timedelta) -> Any:
        row = self.free(now).first()
        if not began:
            began.append(True)
            everybody_has_read.wait()
        if row is not None:
            row.lease(now + lease)
        return row

    return take


def test_reading_before_claiming_would_send_some_twice(
    reader: User, mailbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LeasedQuerySet, "take", careless_take(meeting_point(WORKERS)))
    with pytest.raises(AssertionError):
        assert_each_is_sent_once(reader, mailbox)
    assert max(ids(mailbox).values()) > 1


# --- Workers that die ----------------------------------------------------------------------------


def die(*arguments: Any) -> None:
    os.kill(os.getpid(), signals.SIGKILL)


def send_and_die(*arguments: Any) -> None:
    mail.send(*arguments)
    die()


@pytest.mark.parametrize(("send", "copies"), [(die, 1), (send_and_die, 2)])
def test_what_a_killed_worker_was_at_is_sent_by_another_with_the_same_id(
    reader: User,
    mailbox: Path,
    monkeypatch: pytest.MonkeyPatch,
    send: Callable[..., None],
    copies: int,
) -> None:
    waiting = [remind(reader) for _ in range(3)]

    def killed() -> None:
        deadly = {Channel.EMAIL: Way(WAYS[Channel.EMAIL].address, send)}
        monkeypatch.setattr(delivery, "WAYS", deadly)
        work()

    assert race(killed) == [Died(-signals.SIGKILL)]
    work()  # which has to leave alone what the dead one holds
    held = Notice.objects.get(status=Status.PENDING)
    assert deliver_next(timezone.now() + NOTICE_LEASE)
    expected = {f"<{notice.message_id}>": 1 for notice in waiting}
    assert ids(mailbox) == expected | {f"<{held.message_id}>": copies}
    assert set(Notice.objects.values_list("status", flat=True)) == {Status.SENT}


# --- What comes round by the clock ---------------------------------------------------------------

MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def digest(people: Any, day: Any) -> None:
    """Tell everybody without a key: what runs twice shows."""
    with transaction.atomic():
        for user in people:
            notify(user, REMINDER, {})


def assert_each_turn_is_run_once(reader: User) -> None:
    jobs.register("digest", jobs.EveryMorning(hour=0, run=digest))
    race(*[partial(jobs.run_due, MOMENT)] * WORKERS)
    assert Notice.objects.count() == 1
    assert JobRun.objects.get().attempts == 1


@pytest.mark.usefixtures("mailbox")
def test_of_four_workers_one_runs_each_turn(reader: User) -> None:
    assert_each_turn_is_run_once(reader)


@pytest.mark.usefixtures("mailbox")
def test_asking_first_whether_it_was_run_would_run_it_more_than_once(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_read = meeting_point(WORKERS)

    def careless(name: str, turn: jobs.Turn, now: datetime) -> bool:
        everybody_has_read.wait()
        turn.run()
        JobRun.objects.bulk_create([JobRun(name=name, slot=turn.slot)], ignore_conflicts=True)
        return True

    monkeypatch.setattr(jobs, "_run_once", careless)
    with pytest.raises(AssertionError):
        assert_each_turn_is_run_once(reader)


@pytest.mark.usefixtures("mailbox")
def test_of_parallel_notices_with_one_key_one_is_kept(reader: User) -> None:
    def tell() -> None:
        with transaction.atomic():
            notify(reader, REMINDER, {}, key="lead 7")

    race(*[tell] * WORKERS)
    assert Notice.objects.count() == 1
