"""The check that runs after every test can fail: it tells each of the ways to pass it by."""

from typing import Any

import pytest
from django.db import connection, transaction

from crm.base.trail import append_only
from crm.base.trail.fence import unaudited
from crm.tests.audit_check import faults, record_models
from crm.tests.samples import MAKERS
from customers.tests.make import make_customer


@pytest.fixture(autouse=True)
def undone(db: None) -> Any:
    """Let the tests past triggers and fence; what they leave is what the check would find."""
    with transaction.atomic(), unaudited("the check is to notice it"):
        append_only.lift()
        yield
        transaction.set_rollback(True)


def told(statement: str, *values: Any) -> list[str]:
    """Return what the check says once ``statement`` has run past the models."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    return faults()


@pytest.mark.parametrize("model", record_models(), ids=lambda model: model._meta.label)
def test_no_model_is_without_history(model: Any) -> None:
    record = MAKERS[model]()
    assert faults() == []
    found = told(f'DELETE FROM "{model.history.model._meta.db_table}"')  # noqa: S608 — our names
    assert f"{model.__name__} {record.pk} has no history" in found


def test_a_change_past_the_history_is_told() -> None:
    pk = make_customer().pk
    found = told("UPDATE customers_customer SET city = 'Quito', address = 'Sur' WHERE id = %s", pk)
    assert found == [f"Customer {pk} differs from its history in ['address', 'city']"]


def test_a_row_that_is_gone_is_told() -> None:
    pk = make_customer().pk
    assert told("DELETE FROM customers_customer WHERE id = %s", pk) == [
        f"Customer {pk} is gone without a history row"
    ]


def test_an_entry_that_is_not_what_was_proven_is_told() -> None:
    [entry] = make_customer().history.all()
    found = told(
        "UPDATE customers_historicalcustomer SET city = 'Quito' WHERE history_id = %s", entry.pk
    )
    assert f"HistoricalCustomer {entry.pk} is not proven" in found


def test_a_tally_without_rows_is_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO customers_customer_tally (count) VALUES (1)")
    assert [line.partition(" {")[0] for line in faults()] == ["Customer: the tally invents"]
