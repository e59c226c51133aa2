"""Counters: one SQL statement each, a time to live that counting does not prolong."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.base.counters import CounterCache
from crm.base.models import Counter
from crm.tests.races import meeting_point, race

WRITERS = 4
EACH = 10


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def counters(db: None) -> Any:
    return caches["counters"]


def test_it_counts(counters: Any) -> None:
    assert counters.add("a", 1, 60)
    assert not counters.add("a", 1, 60)
    assert [counters.incr("a"), counters.incr("a", 5), counters.incr("a", -3)] == [2, 7, 4]
    assert counters.get("a") == 4


def test_what_is_not_counted_cannot_be_raised(counters: Any) -> None:
    assert counters.get("a") is None
    assert counters.get("a", 0) == 0
    with pytest.raises(ValueError, match="'a' is not running"):
        counters.incr("a")


def test_counting_does_not_prolong_the_life_of_a_counter(counters: Any, clock: Any) -> None:
    counters.add("a", 1, 60)
    for _ in range(5):
        clock.shift(timedelta(seconds=10))
        counters.incr("a")
    assert counters.get("a") == 6
    clock.shift(timedelta(seconds=10))
    assert counters.get("a") is None
    with pytest.raises(ValueError, match="not running"):
        counters.incr("a")
    assert counters.add("a", 1, 60)
    assert counters.get("a") == 1


def test_a_counter_may_have_the_default_life_or_none(counters: Any, clock: Any) -> None:
    counters.add("default", 1)
    counters.add("forever", 1, None)
    clock.shift(timedelta(seconds=301))
    assert counters.get_many(["default", "forever"]) == {"forever": 1}


def test_it_is_set_deleted_and_cleared_as_any_cache(counters: Any) -> None:
    counters.set("a", 5, 60)
    counters.set("a", 6, 60)
    counters.set("b", 1, 60)
    assert counters.get_many(["a", "b"]) == {"a": 6, "b": 1}
    assert counters.delete("a")
    assert not counters.delete("a")
    counters.clear()
    assert Counter.objects.count() == 0


def test_keys_of_clients_are_values_and_no_sql(counters: Any) -> None:
    for key in ("';DROP/**/TABLE/**/base_counter;--", "é" * 50, "%s", "a" * 150):
        assert counters.add(key, 1, 60)
        assert counters.incr(key) == 2


@pytest.mark.parametrize("count", [CounterCache.add, CounterCache.incr])
def test_counting_is_one_statement(counters: Any, count: Callable[..., Any]) -> None:
    counters.add("a", 1, 60)
    with CaptureQueriesContext(connection) as queries:
        count(counters, "a", 1)
    assert len(queries) == 1


def test_a_count_is_lost_with_a_transaction_around_it(counters: Any) -> None:
    """Which is why limits are counted before the unit of work opens."""
    counters.add("a", 1, 60)
    with transaction.atomic():
        counters.incr("a")
        transaction.set_rollback(True)
    assert counters.get("a") == 1


def count(key: str) -> list[int]:
    return [caches["counters"].incr(key) for _ in range(EACH)]


def assert_counting_is_exact() -> None:
    caches["counters"].add("a", 0, 600)
    seen = race(*[partial(count, "a")] * WRITERS)
    assert sorted(chain.from_iterable(seen)) == list(range(1, WRITERS * EACH + 1))
    assert caches["counters"].get("a") == WRITERS * EACH


@pytest.mark.race
@pytest.mark.usefixtures("transactional_db")
def test_counting_is_exact_across_processes() -> None:
    assert_counting_is_exact()


@pytest.mark.race
@pytest.mark.usefixtures("transactional_db")
def test_the_frameworks_own_way_to_count_would_lose_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody_has_read = meeting_point(WRITERS)

    def read_and_meet(self: Any, key: str, *args: Any, **options: Any) -> Any:
        value = stored(self, key, *args, **options)
        everybody_has_read.wait()
        return value

    stored = CounterCache.get
    monkeypatch.setattr(CounterCache, "get", read_and_meet)
    monkeypatch.setattr(CounterCache, "incr", BaseCache.incr)
    with pytest.raises(AssertionError):
        assert_counting_is_exact()


def start(key: str) -> bool:
    return bool(caches["counters"].add(key, 1, 600))


@pytest.mark.race
@pytest.mark.usefixtures("transactional_db")
def test_a_counter_is_started_once_even_where_an_old_one_lies(clock: Any) -> None:
    caches["counters"].add("a", 99, 60)
    clock.shift(timedelta(hours=1))
    assert sorted(race(*[partial(start, "a")] * WRITERS)) == [False] * (WRITERS - 1) + [True]
    assert caches["counters"].get("a") == 1
