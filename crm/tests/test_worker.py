"""The worker as a program: what it does at once, how it stops, and that it complains."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings as project
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils import timezone

from accounts.models import User
from crm.base.models import Counter
from crm.base.outbox import worker
from crm.base.outbox.delivery import deliver_next
from crm.base.outbox.tables import JobRun, Notice, Status
from crm.base.tests.outbox.sample import kind, remind
from crm.tests.server import PATIENCE, environment


@pytest.fixture(autouse=True)
def reminders() -> Iterator[None]:
    with kind():
        yield


@pytest.fixture
def reader(sam: User) -> User:
    sam.email = "sam@example.org"
    sam.save()
    return sam


@pytest.mark.django_db
def test_once_it_does_what_is_due_and_ends(reader: User) -> None:
    handler = signal.getsignal(signal.SIGTERM)
    for _ in range(3):
        remind(reader)
    call_command("worker", once=True)
    assert len(mail.outbox) == 3
    assert signal.getsignal(signal.SIGTERM) is handler


@pytest.mark.django_db
def test_it_keeps_house_once_a_day() -> None:
    left = []
    for _ in range(2):
        Counter.objects.create(key="old", value=1, expires_at=1)
        call_command("worker", "--once")
        remaining = Counter.objects.filter(key="old")
        left.append(remaining.count())
        remaining.delete()
    assert left == [0, 1]
    assert JobRun.objects.get(name="housekeeping").done_at


@pytest.mark.django_db(transaction=True)
def test_when_told_to_stop_it_finishes_the_notice_and_takes_no_other(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        remind(reader)

    def told_meanwhile(now: Any) -> bool:
        signal.raise_signal(signal.SIGTERM)
        return deliver_next(now)

    monkeypatch.setattr(worker, "deliver_next", told_meanwhile)
    call_command("worker")
    assert len(mail.outbox) == 1
    assert Notice.objects.filter(status=Status.PENDING, locked_until=None).count() == 2


@pytest.mark.django_db
def test_a_database_that_is_away_is_waited_for(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    remind(reader)
    stop, outages = Event(), [OperationalError("gone"), OperationalError("gone")]
    real = worker.drain

    def drain(asked: Event) -> None:
        if outages:
            raise outages.pop()
        real(asked)
        asked.set()

    monkeypatch.setattr(worker, "drain", drain)
    monkeypatch.setattr(connections, "close_all", lambda: None)  # it is the test's own
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    worker.work(stop, 0)
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_it_complains_that_notices_wait_but_not_all_the_time(
    reader: User, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    remind(reader)
    now = timezone.now()
    assert worker.complain(now, now - worker.TOO_OLD) == now
    assert "notices are waiting" not in caplog.text
    later = now + worker.TOO_OLD * 2
    last = worker.complain(later, now)
    assert worker.complain(later + timedelta(minutes=1), last) == last
    assert caplog.text.count("notices are waiting") == 1
    Notice.objects.update(next_attempt_at=now - worker.TOO_OLD * 2)
    call_command("housekeeping")
    assert "Notices are waiting: 1," in capsys.readouterr().out


def test_the_program_stops_at_once_when_it_is_told_to(tmp_path: Path, migrated: Path) -> None:
    given = environment(tmp_path) | {"LOG_LEVEL": "INFO"}
    shutil.copy(migrated, tmp_path)
    run = [sys.executable, "manage.py", "worker"]
    with subprocess.Popen(
        run, cwd=project.BASE_DIR, env=given, stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout
            assert '"crm.jobs"' in program.stdout.readline()  # so it is at work
            program.send_signal(signal.SIGTERM)
            assert program.wait(PATIENCE) == 0
        finally:
            program.kill()  # or a failure would wait for it for ever
