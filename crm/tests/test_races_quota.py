"""A key's daily limit under parallel requests, at midnight, and through crashes."""

import os
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn

import pytest
import time_machine

from accounts.models import ApiKey, ApiKeyUse
from accounts.tests.make import make_key
from crm.base.quotas import Quota, QuotaExceeded
from crm.tests.clients import ApiClient, with_key
from crm.tests.key_counts import assert_counted_exactly
from crm.tests.races import Died, meeting_point, race
from customers.models import Customer
from customers.views import CustomerViewSet

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

PROCESSES = 10
POSTS = 100
LIMIT = 35
CRASH = 9
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
LATE = datetime(2030, 5, 1, 23, 59, 59, tzinfo=UTC)
EARLY = datetime(2030, 5, 2, 0, 0, 0, tzinfo=UTC)


def post(client: ApiClient, **values: Any) -> int:
    status: int = client.post("/api/v1/customers", {"name": "Ana"} | values).status_code
    return status


def several(client: ApiClient, moment: datetime = NOON, number: int = POSTS // PROCESSES) -> Any:
    with time_machine.travel(moment, tick=False):
        return [post(client) for _ in range(number)]


def test_of_a_hundred_parallel_posts_exactly_thirty_five_succeed() -> None:
    key = make_key()
    outcomes = race(*[partial(several, with_key(key))] * PROCESSES)
    statuses = Counter(status for outcome in outcomes for status in outcome)
    assert statuses == {201: LIMIT, 429: POSTS - LIMIT}
    assert Customer.objects.count() == LIMIT
    assert_counted_exactly(key)


def assert_the_last_one_is_given_to_one() -> None:
    key = make_key(daily_limit=1)
    outcomes = race(*[partial(several, with_key(key), number=1)] * PROCESSES)
    statuses = Counter(status for outcome in outcomes for status in outcome)
    assert statuses == {201: 1, 429: PROCESSES - 1}


def test_the_last_one_is_given_to_one() -> None:
    assert_the_last_one_is_given_to_one()


def test_counting_before_creating_would_give_it_to_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody_has_counted = meeting_point(PROCESSES)

    def careless(self: CustomerViewSet, request: Any) -> None:
        used = Customer.objects.count()
        everybody_has_counted.wait()
        if used >= request.user.daily_limit:
            raise QuotaExceeded(Quota("daily", request.user.daily_limit, used, 1))

    monkeypatch.setattr(CustomerViewSet, "prepare", careless)
    monkeypatch.setattr(ApiKey, "spend", lambda self, moment: None)
    with pytest.raises(AssertionError, match=f"201: {PROCESSES}"):
        assert_the_last_one_is_given_to_one()


def test_on_each_side_of_midnight_there_is_one_days_limit() -> None:
    key = make_key(daily_limit=5)
    client = with_key(key)
    late, early = (partial(several, client, moment, 3) for moment in (LATE, EARLY))
    outcomes = race(*[late, early] * 3)
    statuses = Counter(status for outcome in outcomes for status in outcome)
    assert statuses == {201: 10, 429: 8}
    assert_counted_exactly(key)


def die(*args: Any, **options: Any) -> NoReturn:
    os._exit(CRASH)


def crash_before_the_commit(client: ApiClient) -> Any:
    count = ApiKey.spend

    def spend(self: ApiKey, moment: datetime) -> None:
        count(self, moment)
        die()

    pytest.MonkeyPatch().setattr(ApiKey, "spend", spend)  # in this process alone: it is a fork
    return several(client, number=1)


def crash_before_the_count(client: ApiClient) -> Any:
    pytest.MonkeyPatch().setattr(ApiKey, "spend", die)
    return several(client, number=1)


def crash_after_the_commit(client: ApiClient) -> Any:
    pytest.MonkeyPatch().setattr("crm.base.middleware.log", die)
    return several(client, number=1)


def test_crashes_leave_rows_and_count_alike() -> None:
    key = make_key()
    client = with_key(key)
    crashes = [crash_before_the_commit, crash_before_the_count, crash_after_the_commit]
    work = [partial(crash, client) for crash in crashes] + [partial(several, client, number=5)] * 2
    *died, _one, _other = race(*work)
    assert died == [Died(CRASH)] * 3
    assert Customer.objects.count() == 2 * 5 + 1  # who died after the commit had created one
    assert_counted_exactly(key)


def test_counting_by_itself_would_count_what_was_never_created(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(self: CustomerViewSet, request: Any) -> None:
        ApiKeyUse.count(request.user.pk, LIMIT, NOON)

    monkeypatch.setattr(CustomerViewSet, "prepare", careless)
    monkeypatch.setattr(ApiKey, "spend", die)
    key = make_key()
    assert race(partial(several, with_key(key), number=1)) == [Died(CRASH)]
    with pytest.raises(AssertionError, match="counted"):
        assert_counted_exactly(key)
