"""The command that removes what has expired."""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import AuthSession, BrowserSession, KnownNetwork, User
from crm.base.images import Photo
from crm.base.models import Counter, IdempotencyRecord, JobRun, Notice
from crm.base.photo_files import photo_path, store
from customers.tests.make import make_customer

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def days(number: float) -> timedelta:
    return timedelta(days=number)


def tidy(capsys: pytest.CaptureFixture[str]) -> list[str]:
    call_command("housekeeping")
    return capsys.readouterr().out.splitlines()


def counter(key: str, expires_at: datetime) -> Counter:
    return Counter.objects.create(key=key, value=1, expires_at=int(expires_at.timestamp()))


def answer(key: str, created_at: datetime) -> IdempotencyRecord:
    return IdempotencyRecord.objects.create(key=key, created_at=created_at)


def browser(key: str, expires_at: datetime) -> BrowserSession:
    return BrowserSession.objects.create(session_key=key, expire_date=expires_at)


def device(key: str, expires_at: datetime, revoked_at: datetime | None = None) -> AuthSession:
    sam = User.objects.get(username="sam")
    return AuthSession.objects.create(
        user=sam, token_id=key, expires_at=expires_at, revoked_at=revoked_at
    )


def network(name: str, seen_at: datetime) -> KnownNetwork:
    sam = User.objects.get(username="sam")
    return KnownNetwork.objects.create(user=sam, network=name, seen_at=seen_at)


def notice(key: str, created_at: datetime, status: str = "sent") -> Notice:
    sam = User.objects.get(username="sam")
    fields = {"status": status, "sent_at": created_at if status == "sent" else None}
    return Notice.objects.create(
        recipient=sam, key=key, message_id=key, created_at=created_at, **fields
    )


def run(slot: str, created_at: datetime) -> JobRun:
    return JobRun.objects.create(slot=slot, created_at=created_at)


@pytest.mark.usefixtures("sam")
@pytest.mark.parametrize(
    ("make", "stays", "goes", "line"),
    [
        (counter, NOW + days(0.1), NOW - days(0.1), "counters removed: 1"),
        (answer, NOW - days(0.9), NOW - days(1.1), "answers kept for a replay removed: 1"),
        (browser, NOW + days(0.1), NOW - days(0.1), "sessions of the back office removed: 1"),
        (device, NOW - days(29), NOW - days(31), "sessions of the API removed: 1"),
        (notice, NOW - days(89), NOW - days(91), "notices removed: 1"),
        (run, NOW - days(29), NOW - days(31), "runs of scheduled work removed: 1"),
        (network, NOW - days(179), NOW - days(181), "known networks removed: 1"),
    ],
)
def test_what_expired_goes_and_the_rest_stays(
    make: Callable[[str, datetime], Any],
    stays: datetime,
    goes: datetime,
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept, gone = make("kept", stays), make("gone", goes)
    assert line in tidy(capsys)
    rows = type(kept)._default_manager
    assert list(rows.all()) == [kept]
    assert not rows.filter(pk=gone.pk).exists()


@pytest.mark.usefixtures("sam")
def test_a_session_that_was_ended_goes_a_month_later(capsys: pytest.CaptureFixture[str]) -> None:
    open_session = device("open", NOW + days(1))
    ended = device("ended", NOW + days(1), revoked_at=NOW - days(29))
    device("ended long ago", NOW + days(1), revoked_at=NOW - days(31))
    tidy(capsys)
    assert set(AuthSession.objects.all()) == {open_session, ended}


@pytest.mark.usefixtures("sam")
def test_a_notice_that_nobody_got_stays(capsys: pytest.CaptureFixture[str]) -> None:
    kept = [notice(status, NOW - days(500), status) for status in ("pending", "failed")]
    notice("dropped", NOW - days(91), "dropped")
    tidy(capsys)
    assert set(Notice.objects.all()) == set(kept)


def test_a_counter_that_never_expires_stays(capsys: pytest.CaptureFixture[str]) -> None:
    caches["counters"].add("total", 7, None)
    tidy(capsys)
    assert caches["counters"].get("total") == 7


def test_photos_are_collected_too(capsys: pytest.CaptureFixture[str]) -> None:
    digest = store(Photo(digest="ab" * 32, full=b"full", thumbnail=b"small"))
    long_ago = time.time() - 48 * 3600
    for thumbnail in (False, True):
        os.utime(photo_path(digest, thumbnail), (long_ago, long_ago))
    assert "unused photos removed: 1" in tidy(capsys)
    assert not photo_path(digest).exists()


def test_tallies_are_summed_up() -> None:
    for _ in range(3):
        make_customer()
    call_command("housekeeping")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count FROM customers_customer_tally")
        assert cursor.fetchall() == [(3,)]


def test_it_reports_a_line_each_and_finds_nothing_the_second_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counter("gone", NOW - days(1))
    tidy(capsys)
    lines = tidy(capsys)
    assert len(lines) == 9
    assert all(line.endswith("removed: 0") for line in lines)
