"""Limits: who shares one, when it ends, and how a refusal looks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from accounts.models import User
from crm.base.limits import Budget, TooMany, network_of
from crm.tests.clients import ApiClient
from crm.tests.races import race
from customers.models import Customer
from customers.views import CustomerViewSet

CUSTOMERS = "/api/v1/customers"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False) as clock:
        yield clock


def wait_of(budget: Budget) -> float | None:
    """Take one attempt; return the seconds to wait when it was refused."""
    try:
        budget.take()
    except TooMany as refused:
        return refused.wait
    return None


def test_a_budget_lasts_for_its_window(db: None, clock: Any) -> None:
    budget = Budget("test", limit=2, seconds=60)
    assert [wait_of(budget) for _ in range(4)] == [None, None, 60, 60]
    clock.shift(timedelta(seconds=59.5))
    assert wait_of(budget) == 1
    clock.shift(timedelta(seconds=0.5))
    assert [wait_of(budget) for _ in range(3)] == [None, None, 60]


def test_what_is_given_back_can_be_taken_again(db: None) -> None:
    budget = Budget("test", limit=1)
    for _ in range(3):
        budget.give_back(budget.take())
    budget.take()
    assert wait_of(budget)


def test_a_receipt_is_good_after_its_window(db: None, clock: Any) -> None:
    budget = Budget("test", limit=1, seconds=60)
    receipt = budget.take()
    clock.shift(timedelta(seconds=60))
    budget.take()
    budget.give_back(receipt)
    assert wait_of(budget) == 60


def test_a_refusal_costs_nothing(db: None) -> None:
    budget = Budget("test", limit=1)
    receipt = budget.take()
    for _ in range(5):
        assert wait_of(budget)
    budget.give_back(receipt)
    assert wait_of(budget) is None


def test_budgets_of_different_names_are_different(db: None) -> None:
    assert [wait_of(Budget(name, limit=1)) for name in ("a", "b", "a")] == [None, None, 900]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:0DB8:0001:0002::1", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::1", "::"),
        ("", "unknown"),
        ("192.0.2.7:8080", "unknown"),
        ("a, b", "unknown"),
    ],
)
def test_a_network_is_what_counts_as_one_client(address: str, network: str) -> None:
    assert network_of(address) == network


def take(budget: Budget) -> bool:
    return wait_of(budget) is None


@pytest.mark.race
@pytest.mark.usefixtures("transactional_db")
def test_a_budget_is_exact_across_processes() -> None:
    taken = race(*[partial(take, Budget("test", limit=5))] * 8)
    assert sorted(taken) == [False] * 3 + [True] * 5


@pytest.fixture
def two_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CustomerViewSet, "rates", {"create": "2/h"})


def create(client: ApiClient, **values: Any) -> int:
    status: int = client.post(CUSTOMERS, {"name": "Ana"} | values).status_code
    return status


@pytest.mark.usefixtures("two_an_hour")
def test_over_the_rate_of_an_endpoint_the_answer_is_429_and_when_to_return(
    as_sam: ApiClient,
) -> None:
    assert [create(as_sam) for _ in range(2)] == [201, 201]
    response = as_sam.post(CUSTOMERS, {"name": "Ana"})
    assert response.status_code == 429
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "rate_limited"
    assert 1 <= int(response.headers["Retry-After"]) <= 3600
    assert Customer.objects.count() == 2


@pytest.mark.usefixtures("two_an_hour")
def test_after_the_announced_time_it_is_allowed_again(
    sam: User, as_user: Callable[[User], ApiClient], clock: Any
) -> None:
    client = as_user(sam)
    for _ in range(2):
        create(client)
    wait = int(client.post(CUSTOMERS, {"name": "Ana"}).headers["Retry-After"])
    clock.shift(timedelta(seconds=wait + 1))
    assert create(as_user(sam)) == 201


@pytest.mark.usefixtures("two_an_hour")
def test_one_persons_requests_are_not_counted_as_anothers(
    as_sam: ApiClient, as_maria: ApiClient
) -> None:
    assert [create(as_sam) for _ in range(3)] == [201, 201, 429]
    assert [create(as_maria) for _ in range(3)] == [201, 201, 429]


@pytest.mark.usefixtures("two_an_hour")
def test_only_the_action_that_has_a_rate_is_counted(as_sam: ApiClient) -> None:
    for _ in range(5):
        assert as_sam.get(CUSTOMERS).status_code == 200
    assert create(as_sam) == 201


@pytest.mark.usefixtures("two_an_hour", "transactional_db")
def test_a_request_that_failed_has_counted(sam: User, as_user: Callable[[User], ApiClient]) -> None:
    client = as_user(sam)
    assert [create(client, name="") for _ in range(3)] == [422, 422, 429]
    assert create(client) == 429


@pytest.mark.usefixtures("two_an_hour")
def test_requests_over_the_rate_do_not_move_its_end(as_sam: ApiClient, clock: Any) -> None:
    first = [create(as_sam) for _ in range(3)]
    clock.shift(timedelta(seconds=30))
    again = as_sam.post(CUSTOMERS, {"name": "Ana"})
    assert (first, again.status_code) == ([201, 201, 429], 429)
