"""Sessions of the back office: what their rows tell, and who is let in by one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.db import InternalError, OperationalError
from django.test import Client

from accounts.backends import RoleBackend, at_hand
from accounts.browser_sessions import BrowserSessionQuerySet, SessionStore
from accounts.models import BrowserSession, User
from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_user

PROFILE = "/admin/profile/"
Login = Callable[[User], Client]


def sign_in(user: User, **headers: Any) -> Client:
    """Return a browser in which ``user`` typed name and password."""
    client = Client(**headers)
    values = {"username": user.username, "password": PASSWORD}
    assert client.post("/admin/login/", values).status_code == 302
    return client


def is_in(client: Client) -> bool:
    response = client.get(PROFILE)
    assert response.status_code == 200 or response["Location"] == f"/admin/login/?next={PROFILE}"
    return bool(response.status_code == 200)


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()


def set_a_password(user: User) -> None:
    user.change_password("!")


@contextmanager
def rows_put_back() -> Iterator[None]:
    """As if what happens in the block had ended no session."""
    rows = list(BrowserSession.objects.all())
    yield
    BrowserSession.objects.bulk_create(rows)


@pytest.mark.every_database
def test_a_row_tells_who_signed_in_when_from_where_and_with_what(sam: User, clock: Any) -> None:
    client = sign_in(sam, REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Firefox " + "x" * 300)
    began = BrowserSession.objects.get()
    assert (began.user, began.address) == (sam, "192.0.2.7")
    assert (len(began.user_agent), began.user_agent[:9]) == (200, "Firefox x")
    clock.shift(timedelta(minutes=3))
    session = client.session
    session["more"] = True
    session.save()
    row = BrowserSession.objects.get()
    told = ("user", "address", "user_agent", "created_at")
    assert [getattr(row, name) for name in told] == [getattr(began, name) for name in told]
    assert row.used_at - row.created_at == timedelta(minutes=3)


@pytest.mark.django_db
def test_before_anybody_signs_in_a_session_is_nobodys() -> None:
    session = SessionStore()
    session["kept"] = True
    session.save()
    assert BrowserSession.objects.get().user is None
    again = SessionStore(session.session_key)
    assert (again["kept"], again.user) == (True, None)


def test_a_row_does_not_show_its_key(sam: User) -> None:
    sign_in(sam)
    row = BrowserSession.objects.get()
    assert row.session_key not in f"{row} {row!r}"


@pytest.mark.every_database
def test_its_use_is_noted_every_ten_minutes_and_makes_it_no_longer(sam: User, clock: Any) -> None:
    client = sign_in(sam)
    began = BrowserSession.objects.get()
    used = []
    for _ in range(3):
        clock.shift(timedelta(minutes=6))
        assert is_in(client)
        row = BrowserSession.objects.get()
        used.append((row.used_at - began.used_at) // timedelta(minutes=1))
    assert used == [0, 12, 12]
    assert row.expire_date == began.expire_date
    clock.shift(timedelta(hours=12))
    assert not is_in(client)


@pytest.mark.parametrize("kind", [OperationalError, InternalError])  # SQLite's, and PostgreSQL's
def test_a_database_that_takes_no_writes_still_shows_pages(
    transactional_db: None,
    sam: User,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Exception],
) -> None:
    def refuse(self: Any, **values: Any) -> int:
        raise kind("cannot execute UPDATE in a read-only transaction")

    client = sign_in(sam)
    clock.shift(timedelta(hours=1))
    monkeypatch.setattr(BrowserSessionQuerySet, "update", refuse)
    assert is_in(client)


@pytest.mark.every_database
@pytest.mark.parametrize(
    "key", ["chosen-by-somebody-else-0123456789", "short", "x" * 41, "é" * 32, "a\0" * 16]
)
def test_a_key_that_nobody_was_given_opens_nothing(db: None, key: str) -> None:
    session = SessionStore(key)
    assert (session.user, session.session_key) == (None, None)


# --- What Django checks ---------------------------------------------------------------------------


@pytest.mark.every_database
def test_somebody_inactive_is_not_let_in_by_a_row_that_stayed(sam: User) -> None:
    client = sign_in(sam)
    with rows_put_back():
        deactivate(sam)
    assert not is_in(client)


def test_another_password_lets_nobody_in_and_the_row_goes(sam: User) -> None:
    client = sign_in(sam)
    with rows_put_back():
        set_a_password(sam)
    assert not is_in(client)
    assert not BrowserSession.objects.exists()


def test_a_session_without_the_passwords_hash_lets_nobody_in(sam: User) -> None:
    client = sign_in(sam)
    session = client.session
    del session[HASH_SESSION_KEY]
    session.save()
    assert not is_in(client)


def test_a_session_outlives_a_change_of_the_servers_key(sam: User, settings: Any) -> None:
    client = sign_in(sam, HTTP_USER_AGENT="Firefox")
    key = client.session.session_key
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 8, [settings.SECRET_KEY]
    assert is_in(client)
    settings.SECRET_KEY_FALLBACKS = []
    assert is_in(client)
    row = BrowserSession.objects.get()
    assert row.session_key != key
    assert (row.user, row.user_agent) == (sam, "Firefox")


def test_a_role_taken_away_is_gone_on_the_next_page(back_office: Login, alice: User) -> None:
    client = back_office(alice)
    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.session.session_key  # read once more in this thread
    make_user("second", role=Role.ADMIN)
    alice.role = Role.SALES
    alice.save()
    assert client.get("/admin/accounts/user/").status_code == 403


def test_two_people_in_one_thread_stay_who_they_are(
    back_office: Login, alice: User, sam: User
) -> None:
    hers, his = back_office(alice), back_office(sam)
    for _ in range(2):
        assert hers.get(PROFILE).wsgi_request.user == alice
        assert his.get(PROFILE).wsgi_request.user == sam


def test_who_is_at_hand_stands_for_nobody_else_and_no_longer(alice: User, sam: User) -> None:
    with at_hand(alice):
        assert RoleBackend().get_user(alice.pk) is alice
        assert RoleBackend().get_user(sam.pk) == sam
        alice.is_active = False
        assert RoleBackend().get_user(alice.pk) is None
    assert RoleBackend().get_user(alice.pk) is not alice
    assert RoleBackend().get_user(0) is None


# --- What ends one --------------------------------------------------------------------------------


@pytest.mark.every_database
@pytest.mark.parametrize("end", [deactivate, User.archive, set_a_password, User.end_sessions])
def test_what_ends_sessions_ends_those_of_browsers_and_their_rows(
    sam: User, sue: User, end: Callable[[User], None]
) -> None:
    browsers, hers = [sign_in(sam), sign_in(sam)], sign_in(sue)
    end(sam)
    assert [row.user for row in BrowserSession.objects.all()] == [sue]
    assert [is_in(browser) for browser in [*browsers, hers]] == [False, False, True]


def test_signing_out_leaves_no_row(sam: User) -> None:
    sign_in(sam).post("/admin/logout/")
    assert not BrowserSession.objects.exists()


def test_a_page_under_way_does_not_bring_an_ended_session_back(sam: User) -> None:
    session = SessionStore(sign_in(sam).session.session_key)
    session["more"] = True
    sam.end_sessions()
    with pytest.raises(UpdateError):
        session.save()
    assert not BrowserSession.objects.exists()
