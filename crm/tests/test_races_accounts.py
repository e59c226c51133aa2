"""Competing guesses and removals of admins; each beside the careless version that loses."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.cache import caches

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import make_user
from accounts.views import UserViewSet
from crm.base.errors import Conflict
from crm.base.limits import Budget, TooMany
from crm.tests.clients import ApiClient, signed_in
from crm.tests.races import meeting_point, race

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

GUESSES = 14


@pytest.fixture(autouse=True)
def at_the_start_of_a_window() -> Iterator[None]:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        yield


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

    monkeypatch.setattr("crm.base.api.views.unit_of_work", lambda work, **options: work())
    monkeypatch.setattr(UserViewSet, "partial_update", careless)
    monkeypatch.setattr(User, "_keep_an_admin", lambda self: None)
    with pytest.raises(AssertionError, match="0 == 1"):
        assert_an_admin_is_left(demote)
