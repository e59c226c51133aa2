"""Notices in the back office: administrators read them and try again what was given up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.make import make_user
from crm.base.models import SecurityEvent
from crm.base.outbox.delivery import deliver_next
from crm.base.outbox.tables import Notice, Status
from crm.base.tests.outbox.sample import kind, remind
from crm.tests.pages import listed, text, told
from crm.tests.test_query_counts import statements

LIST = "/admin/base/notice/"
Login = Callable[[User], Client]


@pytest.fixture(autouse=True)
def reminders(db: None) -> Iterator[None]:
    with kind(label="Reminders"):
        yield


@pytest.fixture
def browser(back_office: Login, alice: User) -> Client:
    return back_office(alice)


@pytest.fixture
def failed() -> Notice:
    """One that was given up."""
    notice = remind(make_user("rita", email="rita@example.org"), text="Call Ana")
    notice.give_up("SMTP 550")
    return notice


def test_an_administrator_reads_what_became_of_it(browser: Client, failed: Notice) -> None:
    shown = text(browser.get(LIST))
    assert all(word in shown for word in ("rita", "Reminders", "Given up", "email"))
    page = text(browser.get(f"{LIST}{failed.pk}/change/"))
    assert "Status Given up Reason SMTP 550" in page
    assert failed.message_id in page


@pytest.mark.parametrize("name", ["maria", "sam"])
def test_nobody_else_does(
    back_office: Login, failed: Notice, name: str, request: pytest.FixtureRequest
) -> None:
    client = back_office(request.getfixturevalue(name))
    for path in (LIST, f"{LIST}{failed.pk}/change/", f"{LIST}{failed.pk}/retry/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{LIST}{failed.pk}/retry/").status_code == 403
    client.post(LIST, {"action": "retry_selected", "_selected_action": [str(failed.pk)]})
    failed.refresh_from_db()
    assert failed.status == Status.FAILED


def test_nobody_writes_them(browser: Client, failed: Notice) -> None:
    assert browser.get(f"{LIST}add/").status_code == 403
    for name in ("change", "delete"):
        response = browser.post(f"{LIST}{failed.pk}/{name}/", {"status": "sent", "post": "yes"})
        assert response.status_code == 403
    failed.refresh_from_db()
    assert failed.status == Status.FAILED


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=failed", 1),
        ("status=sent", 0),
        ("status=%00", 1),
        ("kind=reminder", 1),
        ("kind=nonsense", 1),
        ("channel=whatsapp", 0),
        ("created=today", 1),
        ("recipient=0", 1),
    ],
)
def test_they_are_filtered(browser: Client, failed: Notice, query: str, found: int) -> None:
    assert len(listed(browser.get(f"{LIST}?{query}"))) == found


def test_they_are_filtered_by_recipient(browser: Client, failed: Notice, alice: User) -> None:
    assert listed(browser.get(f"{LIST}?recipient={failed.recipient_id}")) == [failed]
    assert listed(browser.get(f"{LIST}?recipient={alice.pk}")) == []


def by_button(browser: Client, notice: Notice) -> Any:
    path = f"{LIST}{notice.pk}/retry/"
    assert "Try again" in text(browser.get(f"{LIST}{notice.pk}/change/"))
    assert "as soon as a worker comes to it" in text(browser.get(path))
    return browser.post(path)


def in_bulk(browser: Client, notice: Notice) -> Any:
    return browser.post(LIST, {"action": "retry_selected", "_selected_action": [str(notice.pk)]})


@pytest.mark.parametrize("try_again", [by_button, in_bulk])
def test_what_was_given_up_is_tried_again(
    browser: Client, failed: Notice, try_again: Callable[[Client, Notice], Any]
) -> None:
    response = try_again(browser, failed)
    assert response.status_code == 302
    assert told(response) == ["1 notice is tried again."]
    assert deliver_next(timezone.now())
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("try_again", [by_button, in_bulk])
def test_the_trail_says_who_had_it_tried_again(
    browser: Client, failed: Notice, try_again: Callable[[Client, Notice], Any]
) -> None:
    try_again(browser, failed)
    event = SecurityEvent.objects.get(kind="notice_retried")
    assert (event.actor_name, event.source) == ("alice", "admin")
    assert event.details == {"of": "rita", "what": "reminder", "notice": failed.pk}
    trail = text(browser.get("/admin/audit/?action=notice_retried"))
    assert "Notice tried again alice Administrator" in trail
    assert f"User rita Notice {failed.pk} What reminder" in trail


def test_what_was_sent_is_not_sent_again(browser: Client, failed: Notice) -> None:
    failed.settle(status=Status.SENT, sent_at=timezone.now())
    assert "Try again" not in text(browser.get(f"{LIST}{failed.pk}/change/"))
    response = in_bulk(browser, failed)
    assert told(response) == [f"{failed}: Only what was given up is tried again."]
    assert not deliver_next(timezone.now())
    assert not SecurityEvent.objects.filter(kind="notice_retried").exists()


def test_a_list_costs_as_much_at_ten_rows_as_at_one(browser: Client, failed: Notice) -> None:
    one = statements(lambda: browser.get(LIST))
    for number in range(9):
        remind(make_user(email=f"{number}@example.org"))
    assert statements(lambda: browser.get(LIST)) == one


def test_a_notice_is_called_by_words(browser: Client, failed: Notice) -> None:
    shown = text(browser.get(f"{LIST}{failed.pk}/change/"))
    assert f"Notices chevron_right Notice {failed.pk}" in shown
