"""What is due is sent, tried again, given up, or dropped when it is of no interest any more."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from crm.base.outbox.delivery import LONGEST_DELAY, MOST_ATTEMPTS, deliver_next
from crm.base.outbox.refusals import Reason
from crm.base.outbox.tables import NOTICE_LEASE, Notice, Status
from crm.base.tests.conftest import Lines
from crm.base.tests.outbox.sample import kind, remind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reminders")]

REFUSED = smtplib.SMTPRecipientsRefused({"sam@example.org": (550, b"no such sam@example.org")})
BUSY = smtplib.SMTPRecipientsRefused({"sam@example.org": (450, b"greylisted sam@example.org")})


def now() -> datetime:
    return timezone.now() + timedelta(seconds=1)


def break_mail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(self: Any, messages: Any) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def delivered(notice: Notice) -> Notice:
    assert deliver_next(now())
    notice.refresh_from_db()
    return notice


def test_it_is_sent_once(reader: Any) -> None:
    notice = delivered(remind(reader))
    assert (notice.status, notice.attempts, notice.locked_until) == (Status.SENT, 1, None)
    assert notice.sent_at is not None
    assert not deliver_next(now())
    assert [message.to for message in mail.outbox] == [["sam@example.org"]]


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("", "", "Yes 2026-03-08 06:30"),
        ("es", "America/Caracas", "Sí 2026-03-08 02:30"),
        ("ru", "Europe/Moscow", "Да 2026-03-08 09:30"),
        ("en", "America/New_York", "Yes 2026-03-08 01:30"),
    ],
)
def test_it_speaks_the_reader_s_language_and_time(
    reader: Any, language: str, zone: str, expected: str
) -> None:
    remind(reader, at="2026-03-08T06:30:00+00:00")
    reader.language, reader.time_zone = language, zone  # as it is at delivery
    reader.save()
    deliver_next(now())
    assert expected in mail.outbox[0].body


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_active": False}, Reason.NOT_THEIRS),
        ({"email": None}, Reason.NO_ADDRESS),
        ({"notice_switches": {"reminder:email": False}}, Reason.SWITCHED_OFF),
    ],
)
def test_it_is_asked_again_whether_it_is_wanted(
    reader: Any, change: dict[str, Any], reason: str
) -> None:
    notice = remind(reader)
    for name, value in change.items():
        setattr(reader, name, value)
    reader.save()
    assert (delivered(notice).status, notice.error) == (Status.DROPPED, reason)
    assert not mail.outbox


def test_what_is_done_meanwhile_is_dropped(reader: Any) -> None:
    notice = delivered(remind(reader, gone=True))
    assert (notice.status, notice.error) == (Status.DROPPED, Reason.IRRELEVANT)


def test_who_may_not_know_any_more_is_not_told(alice: Any, maria: Any) -> None:
    alice.email = "alice@example.org"
    alice.save()
    with kind(name="people", permission="accounts.view_user"):
        delivery_of = remind(alice)
        Notice.objects.filter(pk=delivery_of.pk).update(kind="people")
        maria.role = "admin"
        maria.save()
        alice.role = "sales"
        alice.save()
        assert delivered(delivery_of).status == Status.DROPPED


def test_a_failure_is_tried_again_later_and_later_with_the_same_message_id(
    reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice, moment = remind(reader), now()
    with monkeypatch.context() as broken:
        break_mail(broken, ConnectionRefusedError("mail.example.org refused sam@example.org"))
        for attempt in range(1, MOST_ATTEMPTS):
            assert deliver_next(moment)
            notice.refresh_from_db()
            pause = (notice.next_attempt_at - moment).total_seconds()
            usual = min(30 * 2 ** (attempt - 1), LONGEST_DELAY.total_seconds())
            assert usual * 0.8 <= pause <= usual * 1.2
            assert (notice.status, notice.attempts) == (Status.PENDING, attempt)
            assert not deliver_next(notice.next_attempt_at - timedelta(seconds=1))
            moment = notice.next_attempt_at
    assert deliver_next(moment)
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{notice.message_id}>"


def test_after_many_failures_it_is_given_up_kept_and_can_be_tried_again(
    reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice, moment = remind(reader), now()
    with monkeypatch.context() as broken:
        break_mail(broken, ConnectionRefusedError())
        while deliver_next(moment):
            moment += LONGEST_DELAY * 2
    notice.refresh_from_db()
    assert (notice.status, notice.attempts) == (Status.FAILED, MOST_ATTEMPTS)
    assert notice.error.startswith("ConnectionRefusedError")
    notice.try_again()
    assert delivered(notice).status == Status.SENT


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (REFUSED, Status.FAILED, "SMTP 550"),
        (BUSY, Status.PENDING, "SMTPRecipientsRefused"),
        (smtplib.SMTPAuthenticationError(535, b"sam"), Status.PENDING, "SMTPAuthentication"),
        (smtplib.SMTPServerDisconnected("sam"), Status.PENDING, "SMTPServerDisconnected"),
        (TimeoutError("sam"), Status.PENDING, "TimeoutError"),
    ],
    ids=lambda value: getattr(type(value), "__name__", value),
)
def test_a_final_refusal_is_not_repeated_and_no_reason_names_anybody(
    reader: Any,
    monkeypatch: pytest.MonkeyPatch,
    log: Lines,
    error: Exception,
    status: str,
    reason: str,
) -> None:
    break_mail(monkeypatch, error)
    notice = delivered(remind(reader))
    assert notice.status == status
    assert notice.error.startswith(reason)
    assert "sam" not in notice.error
    assert "sam" not in str(log())
    assert [line["reason"] for line in log() if line["message"] == "notice"] == [notice.error]


def test_a_composer_that_fails_spoils_no_other_notice(
    reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = remind(reader, at="nonsense")
    good = remind(reader)
    assert delivered(bad).status == Status.PENDING
    assert "ValueError" in bad.error
    assert "nonsense" not in bad.error
    assert delivered(good).status == Status.SENT


def test_a_kind_that_an_older_worker_does_not_know_waits(reader: Any) -> None:
    with kind(name="newest"):
        notice = remind(reader)
        Notice.objects.update(kind="newest")
    assert delivered(notice).status == Status.PENDING


def test_one_that_kills_its_workers_is_given_up(reader: Any) -> None:
    notice, moment = remind(reader), now()
    for _ in range(MOST_ATTEMPTS):
        assert Notice.objects.due(moment).take(moment, NOTICE_LEASE)
        moment += NOTICE_LEASE
    deliver_next(moment)
    notice.refresh_from_db()
    assert (notice.status, notice.error) == (Status.FAILED, Reason.NEVER_FINISHED)


def test_a_worker_that_was_taken_for_dead_changes_nothing(reader: Any) -> None:
    remind(reader)
    moment = now()
    slow = Notice.objects.due(moment).take(moment, NOTICE_LEASE)
    assert slow
    assert Notice.objects.due(moment).take(moment, NOTICE_LEASE) is None
    assert deliver_next(moment + NOTICE_LEASE)
    slow.put_off("late", moment)
    slow.refresh_from_db()
    assert slow.status == Status.SENT


def test_a_look_at_an_empty_outbox_is_one_statement(
    db: None, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(1):
        assert not deliver_next(now())
