"""003: those who registered in the web shop, some of them twice."""

from typing import Any

import pytest

from crm.compat.importing.tests import schemas
from crm.compat.importing.tests.conftest import Do, Postgres
from crm.compat.models import LegacyId
from customers.models import Customer
from customers.tests.make import make_customer

pytestmark = pytest.mark.django_db
SERVICE = "crm-api"


def known_as(number: int) -> Customer:
    """Return the customer whom the service's clients know by ``number``."""
    return Customer.objects.get(pk=LegacyId.objects.record(SERVICE, "customer", number) or 0)


def registered(number: int, **fields: Any) -> dict[str, Any]:
    row = {"id": number, "name": "Иван Иванов", "email": f"ivan{number}@example.ru", "age": 33}
    row |= {"gender": "Male", "country": "Russia", "address": None, "phone": None}
    return row | {"registered_at": "2026-02-11 13:45:00"} | fields


def test_they_are_taken_over_and_what_was_wrong_is_told(do: Do, postgres: Postgres) -> None:
    rows = [
        registered(1, phone="+7(921)345-19-48"),
        registered(2, email="IVAN1@example.ru", phone="8 (921) 345-19-48"),
        registered(3, email="notanemail", age=-5),
        registered(4, email="IVAN1@example.ru", name="Пётр"),
    ]
    source = postgres.write(schemas.CRM_API, customers=rows)
    told = do(SERVICE, source)
    ivan = Customer.objects.get(email="ivan1@example.ru")
    assert (ivan.name, ivan.phone, ivan.age) == ("Иван Иванов", "+79213451948", 33)
    assert str(ivan.registered_at) == "2026-02-11 13:45:00+00:00"
    assert LegacyId.objects.record(SERVICE, "customer", 1) == ivan.pk
    odd = known_as(3)
    assert (odd.email, odd.age) == (None, None)
    assert told.of(3) == ["left_out", "left_out"]
    assert "merged" in told.of(2)
    assert told.of(4) == ["possible_duplicate"]
    assert make_customer().pk > 4
    assert do(SERVICE, source).notes == told.notes


def test_a_row_that_became_one_with_another_changes_later(do: Do, postgres: Postgres) -> None:
    ours = make_customer(name="Иван Иванов", email="ivan1@example.ru", city="Самара")
    source = postgres.write(schemas.CRM_API, customers=[registered(1)])
    do(SERVICE, source)
    postgres.run("UPDATE customers SET age = 50")
    assert "changed_on_both" in do(SERVICE, source).of(1)
    ours.refresh_from_db()
    assert (ours.age, ours.city) == (33, "Самара")
