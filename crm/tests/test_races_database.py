"""What readers and writers notice of each other: locks, deadlocks, a busy database."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from crm.base.api.viewsets import RecordViewSet
from crm.base.storing.unit_of_work import unit_of_work
from crm.tests.clients import ApiClient
from crm.tests.races import Answer, answer_of, meeting_point, race, signal
from customers.models import Customer
from customers.tests.make import make_customer

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

WRITERS = 8
EACH = 3
CUSTOMERS = "/api/v1/customers"

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite locks the whole file, so no rows"
)
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite upgrades locks")


def be_impatient() -> None:
    """Give up on a lock soon, in this process."""
    statement = "SET lock_timeout = '100ms'"
    if connection.vendor == "sqlite":
        statement = "PRAGMA busy_timeout = 100"
    with connection.cursor() as cursor:
        cursor.execute(statement)


def while_a_writer_holds(customer: Customer, work: Callable[[], Any]) -> Any:
    """Return the result of ``work``, done while another process has changed but not committed."""
    changed, done = signal(), signal()

    def write() -> bool:
        with transaction.atomic():
            Customer.objects.filter(pk=customer.pk).audited_update(city="Lima")
            changed.set()
            return done.wait(10)

    def meanwhile() -> Any:
        changed.wait()
        be_impatient()
        try:
            return work()
        finally:
            done.set()

    in_time, result = race(write, meanwhile)
    assert in_time, "the writer gave up waiting for us"
    return result


def assert_readers_do_not_wait(client: ApiClient) -> None:
    customer = make_customer(city="Quito")

    def read() -> list[Answer]:
        paths = (f"{CUSTOMERS}/{customer.pk}", CUSTOMERS, "/api/v1/auth/me")
        return [answer_of(client.get(path)) for path in paths]

    one, many, me = while_a_writer_holds(customer, read)
    assert [one.status, many.status, me.status] == [200, 200, 200]
    assert one.json["city"] == many.json["results"][0]["city"] == "Quito"


def test_readers_do_not_wait_for_a_writer(as_sam: ApiClient) -> None:
    assert_readers_do_not_wait(as_sam)


def test_reading_inside_a_locking_transaction_would_wait(
    as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(self: Any, request: Any, pk: str) -> Any:
        with transaction.atomic():
            return self.answer(Customer.objects.select_for_update().get(pk=pk))

    monkeypatch.setattr(RecordViewSet, "retrieve", careless)
    with pytest.raises(AssertionError, match="503"):
        assert_readers_do_not_wait(as_sam)


def test_a_writer_that_waits_too_long_is_asked_to_come_back(as_sam: ApiClient) -> None:
    customer, other = make_customer(), make_customer()

    def write() -> list[Answer]:
        paths = [f"{CUSTOMERS}/{record.pk}" for record in (customer, other)]
        return [answer_of(as_sam.patch(path, {"age": 50})) for path in paths]

    same, another = while_a_writer_holds(customer, write)
    assert (same.status, same.headers["Retry-After"]) == (503, "5")
    assert same.headers["Content-Type"] == "application/problem+json"
    # PostgreSQL locks the row alone; SQLite has one writer.
    assert another.status == (200 if connection.vendor == "postgresql" else 503)
    customer.refresh_from_db()
    assert (customer.age, customer.city) == (None, "Lima")


def create_some(client: ApiClient, number: int) -> list[int]:
    names = [f"Customer {number}-{i}" for i in range(EACH)]
    return [client.post(CUSTOMERS, {"name": name}).status_code for name in names]


def test_no_writer_hears_of_a_locked_database(as_sam: ApiClient) -> None:
    statuses = race(*(partial(create_some, as_sam, number) for number in range(WRITERS)))
    assert Counter(chain.from_iterable(statuses)) == {201: WRITERS * EACH}
    assert Customer.objects.count() == Customer.history.count() == WRITERS * EACH


@on_sqlite
def test_reading_first_in_a_deferred_transaction_would_fail_to_write() -> None:
    customer = make_customer()
    both_have_read = meeting_point(2)

    def write() -> str:
        connection.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"
        try:
            with transaction.atomic():
                record = Customer.objects.get(pk=customer.pk)
                both_have_read.wait()
                record.city = "Lima"
                record.save()
        except OperationalError as error:
            return str(error)
        return ""

    assert sorted(race(write, write)) == ["", "database is locked"]


def rename(users: list[int], attempts: list[int], both_hold_one: Any) -> None:
    """Lock two users' rows in the given order; on the first attempt the other one has one too."""
    attempts.append(1)
    for number, pk in enumerate(users):
        user = User.objects.select_for_update().get(pk=pk)
        user.language = "es"
        user.save()
        if number == 0 and len(attempts) == 1:
            both_hold_one.wait()


def cross(users: list[int], both_hold_one: Any, work: Callable[..., Any]) -> tuple[int, str]:
    attempts: list[int] = []
    try:
        work(partial(rename, users, attempts, both_hold_one))
    except OperationalError as error:
        return len(attempts), type(error.__cause__).__name__
    return len(attempts), ""


def in_one_transaction(work: Callable[[], Any]) -> None:
    with transaction.atomic():
        work()


def outcomes_of_a_deadlock(users: list[int], work: Callable[..., Any]) -> list[tuple[int, str]]:
    both_hold_one = meeting_point(2)
    one = partial(cross, users, both_hold_one, work)
    other = partial(cross, users[::-1], both_hold_one, work)
    return sorted(race(one, other))


@on_postgresql
def test_a_unit_of_work_broken_off_by_a_deadlock_is_repeated(sam: User, sue: User) -> None:
    outcomes = outcomes_of_a_deadlock([sam.pk, sue.pk], unit_of_work)
    assert [error for _, error in outcomes] == ["", ""]
    assert max(outcomes) >= (2, "")
    assert {user.language for user in User.objects.all()} == {"es"}


@on_postgresql
def test_a_plain_transaction_would_be_lost_in_a_deadlock(sam: User, sue: User) -> None:
    outcomes = outcomes_of_a_deadlock([sam.pk, sue.pk], in_one_transaction)
    assert outcomes == [(1, ""), (1, "DeadlockDetected")]
