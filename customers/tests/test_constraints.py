"""The database refuses by itself what must never be, whoever writes."""

from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from crm.base.trail.fence import unaudited
from customers.models import Customer
from customers.tests.make import make_customer

PHONE = "+584123456789"


@pytest.fixture
def other(db: None) -> Customer:
    return make_customer(name="Other")


def write(customer: Customer, **values: Any) -> None:
    """Write past the model: the database alone answers."""
    columns = ", ".join(f"{name} = %s" for name in values)
    statement = f"UPDATE customers_customer SET {columns} WHERE id = %s"  # noqa: S608 — names of ours
    past_the_model = unaudited("the constraint alone refuses it")
    with past_the_model, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [*values.values(), customer.pk])
        connection.check_constraints()  # foreign keys wait for the end of the transaction


UNIQUE = {"email": "ana@x.com", "phone": PHONE, "external_id": "A-1"}


@pytest.mark.parametrize("column", UNIQUE)
def test_two_live_customers_never_share(column: str, other: Customer) -> None:
    make_customer(**{column: UNIQUE[column]})
    with pytest.raises(IntegrityError):
        write(other, **{column: UNIQUE[column]})


@pytest.mark.parametrize("column", ["email", "phone"])
def test_an_archived_customer_shares_until_restored(column: str, other: Customer) -> None:
    archived = make_customer(**{column: UNIQUE[column]})
    archived.archive()
    setattr(other, column, UNIQUE[column])
    other.save()
    with pytest.raises(IntegrityError):
        write(archived, archived_at=None)


def test_an_external_number_is_never_given_twice(other: Customer) -> None:
    make_customer(external_id="A-1").archive()
    with pytest.raises(IntegrityError):
        write(other, external_id="A-1")


def test_a_uuid_is_never_given_twice(other: Customer) -> None:
    taken = Customer._meta.get_field("uuid").get_db_prep_value(make_customer().uuid, connection)
    with pytest.raises(IntegrityError):
        write(other, uuid=taken)


@pytest.mark.parametrize(
    "values",
    [
        {"client_type": "alien"},
        {"client_type": ""},
        {"client_type": "juridical", "company_name": ""},
        {"name": ""},
        {"name": None},
        {"age": 151},
        {"age": -1},
        {"version": -1},
        {"created_by_id": 999999},
    ],
)
def test_a_row_that_makes_no_sense_is_refused(values: dict[str, Any], other: Customer) -> None:
    with pytest.raises((IntegrityError, DataError)):
        write(other, **values)


def test_a_company_does_not_lose_its_name(db: None) -> None:
    company = make_customer(client_type="juridical", company_name="Acme")
    with pytest.raises(IntegrityError):
        write(company, company_name="")


@pytest.mark.parametrize("age", [None, 0, 150])
def test_every_possible_age_is_taken(age: int | None, db: None) -> None:
    assert make_customer(age=age).age == age


def test_many_may_have_none(db: None) -> None:
    for _ in range(2):
        make_customer(email=None, phone=None, external_id=None)
