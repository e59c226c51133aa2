"""One transaction around everything that a request writes: all of it or nothing."""

from collections.abc import Callable
from typing import Any

import psycopg.errors
import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import isolate_apps

from crm.base.storing.unit_of_work import may_repeat, unit_of_work
from crm.base.tests.faults import history_that_fails
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.serializers import CustomerSerializer
from customers.tests.make import make_customer

pytestmark = pytest.mark.usefixtures("transactional_db")


class Attempts:
    """Work that fails with each of ``failures`` in turn, then succeeds."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.number = 0

    def __call__(self) -> str:
        self.number += 1
        make_customer()
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def broken_off(cause: type[psycopg.Error] = psycopg.errors.DeadlockDetected) -> OperationalError:
    error = OperationalError("the database broke it off")
    error.__cause__ = cause()
    return error


def test_it_returns_what_the_work_returns() -> None:
    assert unit_of_work(Attempts()) == "done"
    assert Customer.objects.count() == 1


def test_work_runs_in_a_transaction() -> None:
    assert unit_of_work(lambda: connection.in_atomic_block)
    assert not connection.in_atomic_block


def test_work_that_fails_leaves_nothing() -> None:
    with pytest.raises(RuntimeError):
        unit_of_work(Attempts(RuntimeError()))
    assert Customer.objects.count() == Customer.history.count() == 0


@pytest.mark.parametrize(
    "cause", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure]
)
def test_work_that_the_database_broke_off_is_repeated(cause: type[psycopg.Error]) -> None:
    work = Attempts(broken_off(cause))
    assert unit_of_work(work) == "done"
    assert work.number == 2
    assert Customer.objects.count() == Customer.history.count() == 1


def test_it_is_not_repeated_for_ever() -> None:
    work = Attempts(broken_off(), broken_off(), broken_off())
    with pytest.raises(OperationalError):
        unit_of_work(work)
    assert work.number == 3
    assert Customer.objects.count() == 0


@pytest.mark.parametrize(
    "error",
    [
        broken_off(psycopg.errors.LockNotAvailable),
        broken_off(psycopg.errors.AdminShutdown),
        OperationalError("database is locked"),
    ],
    ids=str,
)
def test_other_failures_are_not_repeated(error: OperationalError) -> None:
    work = Attempts(error)
    with pytest.raises(OperationalError):
        unit_of_work(work)
    assert work.number == 1
    assert not may_repeat(error)


def test_inside_another_transaction_the_outer_one_must_repeat() -> None:
    work = Attempts(broken_off())
    with pytest.raises(OperationalError), transaction.atomic():
        unit_of_work(work)
    assert work.number == 1


def test_a_row_without_its_history_is_not_stored(as_sam: ApiClient) -> None:
    customer = make_customer()
    path = f"/api/v1/customers/{customer.pk}"
    requests: list[Callable[[], Any]] = [
        lambda: as_sam.post("/api/v1/customers", {"name": "Ana"}),
        lambda: as_sam.patch(path, {"city": "Lima"}),
        lambda: as_sam.delete(path),
    ]
    with history_that_fails(Customer):
        for send in requests:
            response = send()
            assert response.status_code == 503
            assert response.headers["Retry-After"] == "5"
    customer.refresh_from_db()
    assert (Customer.objects.count(), customer.city, customer.archived_at) == (1, "", None)
    assert customer.version == 1


def begun(request: Callable[[], Any]) -> int:
    """Return how many transactions ``request`` begins."""
    entered: list[Any] = []
    enter = transaction.Atomic.__enter__

    def noted(self: transaction.Atomic) -> None:
        if not connection.in_atomic_block:
            entered.append(self)
        enter(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction.Atomic, "__enter__", noted)
        assert request().status_code < 400
    return len(entered)


def test_a_plain_creation_is_one_statement_where_the_database_can(as_sam: ApiClient) -> None:
    alone = begun(lambda: as_sam.post("/api/v1/customers", {"name": "Ana"}))
    assert alone == (connection.vendor == "sqlite")

    def keyed() -> Any:
        return as_sam.post("/api/v1/customers", {"name": "Ana"}, HTTP_IDEMPOTENCY_KEY="one")

    assert begun(keyed) == 1


def test_what_does_more_than_save_is_a_transaction(as_sam: ApiClient, as_alice: ApiClient) -> None:
    path = f"/api/v1/customers/{make_customer().pk}"
    assert begun(lambda: as_sam.patch(path, {"city": "Lima"})) == 1
    assert begun(lambda: as_sam.delete(path)) == 1

    class More(CustomerSerializer):
        def create(self, validated_data: Any) -> Any:
            return super().create(validated_data)

    with isolate_apps("customers"):

        class Saving(Customer):
            class Meta:
                proxy = True
                app_label = "customers"

            def save(self, **options: Any) -> None:
                super().save(**options)

    class Other(CustomerSerializer):
        class Meta(CustomerSerializer.Meta):
            model = Saving

    assert CustomerSerializer.creates_plainly()
    assert not More.creates_plainly()
    assert not Other.creates_plainly()


def test_a_statement_alone_is_repeated_as_a_transaction_is() -> None:
    work = Attempts(broken_off())
    assert unit_of_work(work, one_save=True) == "done"
    assert work.number == 2


def test_reading_opens_no_transaction(as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise AssertionError("a transaction was opened")

    customer = make_customer()
    with monkeypatch.context() as patch:
        patch.setattr(transaction.Atomic, "__enter__", fail)
        for path in ("", f"/{customer.pk}", "/stats", f"/{customer.pk}/history"):
            assert as_sam.get(f"/api/v1/customers{path}").status_code == 200
        with pytest.raises(AssertionError, match="was opened"):
            as_sam.patch(f"/api/v1/customers/{customer.pk}", {"city": "Lima"})
