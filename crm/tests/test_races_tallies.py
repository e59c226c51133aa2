"""Tallies under competing writers; beside the counter kept in Python, which loses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from crm.base.storing import tally_upkeep
from crm.base.trail import append_only
from crm.base.trail.fence import unaudited
from crm.tests.audit_check import miscounted
from crm.tests.races import meeting_point, race
from customers.models import Customer
from customers.tests.make import make_customer

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

WRITERS = 4
EACH = 12
BOTH = """
    SELECT (SELECT coalesce(sum(count), 0) FROM customers_customer_tally),
           (SELECT count(*) FROM customers_customer WHERE archived_at IS NULL)
"""


def rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def write_all_kinds(shared: list[Customer]) -> None:
    """Create, move and archive customers, some of them others' as well."""
    for number in range(EACH):
        one = make_customer(country=["VE", "PE"][number % 2])
        if number % 3 == 0:
            one.archive()
        which = shared[number % len(shared)].pk
        country = ["VE", "PE", "CO"][number % 3]
        Customer.objects.filter(pk=which).audited_update(country_code=country)


def read_and_fold() -> list[Any]:
    """Return the moments at which tally and rows differed, while summing up all the time."""
    differences = []
    for _ in range(EACH * 3):
        tally_upkeep.fold()
        differences += [pair for pair in rows(BOTH) if pair[0] != pair[1]]
    return differences


def test_readers_writers_and_folders_agree_at_every_moment() -> None:
    shared = [make_customer(country="VE") for _ in range(3)]
    writers = [partial(write_all_kinds, shared) for _ in range(WRITERS)]
    *_, seen, seen_too = race(*writers, read_and_fold, read_and_fold)
    assert (seen, seen_too) == ([], [])
    assert miscounted() == []
    assert Customer.objects.live().count() == 3 + WRITERS * EACH * 2 // 3


def assert_all_are_counted(create: Callable[[], Any]) -> None:
    make_customer(country="VE")
    race(*[create] * WRITERS)
    assert Customer.objects.count() == 1 + WRITERS
    assert miscounted() == []


def test_parallel_creations_are_all_counted() -> None:
    assert_all_are_counted(partial(make_customer, country="VE"))


@contextmanager
def without_triggers() -> Iterator[None]:
    """Leave the tally to whoever writes."""
    on_sqlite = connection.vendor == "sqlite"
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not on_sqlite:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    for [name] in rows(query):
        if name.startswith("customers_customer_tally"):
            rows(f'DROP TRIGGER "{name}"' + ("" if on_sqlite else " ON customers_customer"))
    try:
        yield
    finally:
        append_only.lift()
        with unaudited("what was miscounted goes"):
            rows("DELETE FROM customers_customer")
            rows("DELETE FROM customers_historicalcustomer")
        # With no trigger there it counts anew.
        for [name] in [] if on_sqlite else rows("SELECT proname FROM pg_proc"):
            if name.startswith("customers_customer_tally"):
                rows(f'DROP FUNCTION "{name}"')
        tally_upkeep.install(apps.get_app_config("customers"), using="default")


def test_counting_in_python_would_lose_some() -> None:
    everybody_has_read = meeting_point(WRITERS)

    def careless() -> None:
        make_customer(country="VE")
        [[count]] = rows("SELECT count FROM customers_customer_tally")
        everybody_has_read.wait()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE customers_customer_tally SET count = %s", [count + 1])

    make_customer(country="VE")
    tally_upkeep.fold()
    with without_triggers():
        race(*[careless] * WRITERS)
        assert rows("SELECT count FROM customers_customer_tally") == [(2,)]
        assert [line for line in miscounted() if "lacks" in line]
