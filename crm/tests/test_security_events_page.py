"""Security events in the back office: read by admins and management, changed by nobody."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from crm.base.models import SecurityEvent
from crm.base.trail.security_events import note
from crm.tests.pages import listed, text

LIST = "/admin/base/securityevent/"
Login = Callable[[User], Client]


@pytest.fixture
def event(db: None) -> SecurityEvent:
    note("login_failed", actor_name="mallory", tries=3)
    return SecurityEvent.objects.get()


def test_admins_and_management_read_them(
    back_office: Login, alice: User, maria: User, event: SecurityEvent
) -> None:
    for user in (alice, maria):
        shown = text(back_office(user).get(LIST))
        assert "Wrong name or password" in shown
        assert "mallory" in shown
        page = text(back_office(user).get(f"{LIST}{event.pk}/change/"))
        assert "Wrong name or password: mallory" in page
        assert "Tries: 3" in page


def test_sellers_do_not(back_office: Login, sam: User, event: SecurityEvent) -> None:
    assert back_office(sam).get(LIST).status_code == 403
    assert back_office(sam).get(f"{LIST}{event.pk}/change/").status_code == 403


def test_nobody_writes_them(back_office: Login, alice: User, event: SecurityEvent) -> None:
    client = back_office(alice)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.get(f"{LIST}{event.pk}/history/").status_code == 404
    for name in ("change", "delete"):
        response = client.post(f"{LIST}{event.pk}/{name}/", {"actor_name": "x", "post": "yes"})
        assert response.status_code == 403
    delete = {"action": "delete_selected", "index": "0", "_selected_action": [str(event.pk)]}
    client.post(LIST, delete)
    assert SecurityEvent.objects.get(pk=event.pk).actor_name == "mallory"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=login_failed", 1),
        ("kind=login", 0),
        ("kind=%00", 1),
        ("when=today", 1),
        ("q=mallory", 1),
        ("q=MALLORY", 1),
        ("q=mal", 0),
        ("q=%00", 1),
        ("q=%25", 0),
    ],
)
def test_they_are_filtered_and_searched(
    back_office: Login, alice: User, event: SecurityEvent, query: str, found: int
) -> None:
    assert len(listed(back_office(alice).get(f"{LIST}?{query}"))) == found
