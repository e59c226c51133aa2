"""Competing refreshes, sign-ins and demotions; each beside the careless version that loses."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection, transaction

from accounts.login import sign_in
from accounts.models import AuthSession, User
from accounts.roles import Role
from accounts.sessions import AuthSessionQuerySet
from accounts.tests.make import PASSWORD, make_user
from accounts.tokens import open_session
from accounts.views import UserViewSet
from crm.base.errors import Conflict
from crm.base.limits import Budget, TooMany
from crm.base.models import SecurityEvent
from crm.tests.clients import ApiClient, signed_in
from crm.tests.races import Answer, answer_of, meeting_point, race, signal, until_waiting

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

TABS = 6
GUESSES = 14


@pytest.fixture(autouse=True)
def at_the_start_of_a_window() -> Iterator[None]:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        yield


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


def guess(username: str) -> int:
    body = {"username": username, "password": "wrong"}
    status: int = ApiClient().post("/api/v1/auth/login", body).status_code
    return status


def assert_ten_guesses_are_evaluated(user: User) -> None:
    statuses = race(*[partial(guess, user.username)] * GUESSES)
    assert Counter(statuses) == {401: 10, 429: GUESSES - 10}


def test_exactly_the_budget_of_parallel_guesses_is_evaluated(sam: User) -> None:
    assert_ten_guesses_are_evaluated(sam)
    assert guess("sam") == 429


def test_counting_in_two_steps_would_evaluate_every_guess(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_read = meeting_point(GUESSES)

    def careless(self: Budget) -> str:
        used = caches["counters"].get(self.name, 0)
        if self.limit == 10:
            everybody_has_read.wait()
        if used >= self.limit:
            raise TooMany(1)
        caches["counters"].set(self.name, used + 1, 900)
        return self.name

    monkeypatch.setattr(Budget, "take", careless)
    with pytest.raises(AssertionError, match=f"401: {GUESSES}"):
        assert_ten_guesses_are_evaluated(sam)


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


def demote(client: ApiClient, user: User) -> int:
    answer = client.patch(f"/api/v1/users/{user.pk}", {"role": Role.SALES})
    status: int = answer.status_code
    return status


def archive(client: ApiClient, user: User) -> int:
    status: int = client.delete(f"/api/v1/users/{user.pk}").status_code
    return status


def assert_an_admin_is_left(remove: Callable[[ApiClient, User], int], number: int = 2) -> None:
    """Let each of ``number`` admins, and there are no others, remove the next one."""
    admins = [make_user(role=Role.ADMIN) for _ in range(number)]
    clients = [signed_in(admin) for admin in admins]
    pairs = zip(clients, admins[1:] + admins[:1], strict=True)
    statuses = race(*(partial(remove, client, admin) for client, admin in pairs))
    assert User.objects.active_admins().count() == 1
    assert sorted(status // 100 for status in statuses) == [2] * (number - 1) + [4]


@pytest.mark.parametrize("remove", [demote, archive])
@pytest.mark.parametrize("number", [2, 3])
def test_of_admins_who_remove_each_other_one_stays(
    number: int, remove: Callable[[ApiClient, User], int]
) -> None:
    assert_an_admin_is_left(remove, number)


def test_counting_admins_before_locking_would_leave_none(monkeypatch: pytest.MonkeyPatch) -> None:
    both_have_counted = meeting_point(2)

    def careless(self: Any, request: Any, pk: str) -> Any:
        user = User.objects.get(pk=pk)
        if User.objects.active_admins().count() < 2:
            raise Conflict(code="last_admin")
        both_have_counted.wait()
        user.role = request.data["role"]
        user.save()
        return self.answer(user)

    monkeypatch.setattr("crm.base.views.unit_of_work", lambda work: work())
    monkeypatch.setattr(UserViewSet, "partial_update", careless)
    monkeypatch.setattr(User, "_keep_an_admin", lambda self: None)
    with pytest.raises(AssertionError, match="0 == 1"):
        assert_an_admin_is_left(demote)
