"""Competing refreshes, and sign-ins while the password changes; beside what would lose."""

from collections import Counter

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.login import sign_in
from accounts.models import AuthSession, BrowserSession, User
from accounts.sessions import AuthSessionQuerySet
from accounts.tests.make import PASSWORD
from accounts.tokens import open_session
from crm.base.models import SecurityEvent
from crm.tests.clients import ApiClient, signed_in
from crm.tests.races import Answer, answer_of, meeting_point, race, signal, until_waiting

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

TABS = 6


def refresh(token: str) -> Answer:
    response = ApiClient().post("/api/v1/auth/refresh", {"refresh_token": token})
    return answer_of(response)


def assert_one_refresh_wins(user: User) -> None:
    """Let every tab have decided to refresh while the session's row is still locked."""
    token = open_session(user)["refresh_token"]
    locked = signal()

    def hold_the_session() -> None:
        with transaction.atomic():
            list(AuthSession.objects.select_for_update())
            locked.set()
            until_waiting(TABS)

    def tab() -> Answer:
        locked.wait()
        return refresh(token)

    _, *answers = race(hold_the_session, *[tab] * TABS)
    assert Counter(answer.status for answer in answers) == {200: 1, 401: TABS - 1}
    winner = next(answer.json for answer in answers if answer.status == 200)
    assert refresh(winner["refresh_token"]).status == 200
    assert not SecurityEvent.objects.filter(kind="token_reuse").exists()


def test_of_parallel_refreshes_one_wins_and_the_session_stays_open(sam: User) -> None:
    assert_one_refresh_wins(sam)


def test_reading_before_writing_would_let_every_refresh_win(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_read = meeting_point(TABS)

    def careless(self: AuthSessionQuerySet, session_id: int, used: str, fresh: str) -> bool:
        session = AuthSession.objects.get(pk=session_id)
        if session.token_id != used:
            return False
        everybody_has_read.wait()
        session.previous_token_id, session.token_id = used, fresh
        session.save()
        return True

    monkeypatch.setattr(AuthSessionQuerySet, "rotate", careless)
    with pytest.raises(AssertionError, match=f"200: {TABS}"):
        assert_one_refresh_wins(sam)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_join_in_the_update_would_let_every_refresh_win(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(self: AuthSessionQuerySet, session_id: int, used: str, fresh: str) -> bool:
        current = self.filter(pk=session_id, token_id=used, user__is_active=True)
        return bool(current.update(previous_token_id=used, token_id=fresh))

    monkeypatch.setattr(AuthSessionQuerySet, "rotate", careless)
    with pytest.raises(AssertionError, match=f"200: {TABS}"):
        assert_one_refresh_wins(sam)


def assert_a_slow_sign_in_fails(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the password be changed between its check and the beginning of the session."""
    client = signed_in(user)
    checked, changed = signal(), signal()

    def slow(username: str, password: str) -> User:
        somebody = sign_in(username, password)
        checked.set()
        changed.wait()
        return somebody

    def use_the_old_password() -> int:
        monkeypatch.setattr("accounts.views.sign_in", slow)
        body = {"username": user.username, "password": PASSWORD}
        status: int = ApiClient().post("/api/v1/auth/login", body).status_code
        return status

    def change_it() -> int:
        checked.wait()
        body = {"current_password": PASSWORD, "new_password": "another long password"}
        status: int = client.post("/api/v1/auth/password", body).status_code
        changed.set()
        return status

    assert race(use_the_old_password, change_it) == [401, 200]
    assert AuthSession.objects.filter(revoked_at=None).count() == 1


def test_no_session_begins_with_a_password_that_was_changed_meanwhile(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_a_slow_sign_in_fails(sam, monkeypatch)


def test_not_asking_again_would_let_the_old_password_in(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.tokens.hold", lambda user: None)
    with pytest.raises(AssertionError, match=r"\[200, 200\]"):
        assert_a_slow_sign_in_fails(sam, monkeypatch)


def test_a_change_that_waits_for_a_sign_in_ends_its_session(sam: User) -> None:
    held = signal()

    def begin_slowly() -> None:
        with transaction.atomic():
            open_session(sam)
            held.set()
            until_waiting(1)

    def change() -> None:
        held.wait()
        User.objects.get(pk=sam.pk).change_password("!")

    race(begin_slowly, change)
    assert AuthSession.objects.filter(revoked_at=None).count() == 0


def assert_a_browser_with_the_old_password_stays_out(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the password be changed between its check and the beginning of a browser's session."""
    at_work = Client()
    at_work.force_login(user)
    checked, changed = signal(), signal()

    def slow(username: str, password: str) -> User:
        somebody = sign_in(username, password)
        checked.set()
        changed.wait()
        return somebody

    def use_the_old_password() -> list[int]:
        monkeypatch.setattr("accounts.admin_forms.sign_in", slow)
        late = Client()
        typed = {"username": user.username, "password": PASSWORD}
        answers = late.post("/admin/login/", typed), late.get("/admin/profile/")
        return [answer.status_code for answer in answers]

    def change_it() -> list[int]:
        checked.wait()
        new = {"new_password": "another long password", "repeated": "another long password"}
        answer = at_work.post("/admin/password_change/", {"current_password": PASSWORD, **new})
        changed.set()
        return [answer.status_code, at_work.get("/admin/profile/").status_code]

    late, kept = race(use_the_old_password, change_it)
    assert kept == [302, 200]
    assert late == [302, 302]
    assert BrowserSession.objects.count() == 1


def test_no_browser_stays_signed_in_with_a_password_that_was_changed_meanwhile(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_a_browser_with_the_old_password_stays_out(sam, monkeypatch)


def test_not_comparing_the_passwords_hash_would_let_that_browser_in(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(User, "get_session_auth_hash", lambda self: "the same for ever")
    with pytest.raises(AssertionError, match=r"assert \[302, 200\] == \[302, 302\]"):
        assert_a_browser_with_the_old_password_stays_out(sam, monkeypatch)
