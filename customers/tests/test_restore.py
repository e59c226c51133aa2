import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from crm.base.errors import Conflict
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer

TAKEN = {"email": "ana@x.com", "phone": "+584123456789"}


@pytest.fixture
def customer(db: None) -> Customer:
    customer = make_customer(name="Ana", external_id="A-1", **TAKEN)
    customer.archive()
    return customer


def restore(customer: Customer) -> str:
    return f"/api/v1/customers/{customer.pk}/restore"


def test_management_brings_a_customer_back(
    as_maria: ApiClient, customer: Customer, maria: User
) -> None:
    response = as_maria.post(restore(customer))
    assert response.status_code == 200
    assert response.headers["ETag"] == f'"{customer.pk}-3"'
    row = response.json()
    assert (row["archived_at"], row["email"], row["external_id"]) == (None, "ana@x.com", "A-1")
    assert row["modified_by"] == {"id": maria.pk, "username": "maria"}
    assert as_maria.get("/api/v1/customers").json()["results"] == [row]


def test_an_admin_may_as_well(as_alice: ApiClient, customer: Customer) -> None:
    assert as_alice.post(restore(customer)).status_code == 200


def test_sales_may_not(as_sam: ApiClient, customer: Customer) -> None:
    assert as_sam.post(restore(customer)).status_code == 403
    customer.refresh_from_db()
    assert customer.archived_at is not None


def test_nobody_may_without_a_sign_in(api: ApiClient, customer: Customer) -> None:
    assert api.post(restore(customer)).status_code == 401


@pytest.mark.parametrize("field", TAKEN)
def test_it_names_the_field_that_is_taken_meanwhile(
    field: str, as_maria: ApiClient, customer: Customer
) -> None:
    make_customer(**{field: TAKEN[field]})
    response = as_maria.post(restore(customer))
    assert response.status_code == 409
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == (field, "taken")
    customer.refresh_from_db()
    assert customer.archived_at is not None
    assert customer.history.count() == 2


def test_all_that_is_taken_meanwhile_is_named_at_once(
    as_maria: ApiClient, customer: Customer
) -> None:
    for field, value in TAKEN.items():
        make_customer(**{field: value})
    response = as_maria.post(restore(customer))
    assert [row["field"] for row in response.json()["errors"]] == list(TAKEN)


def test_a_value_given_up_meanwhile_can_be_taken_back(
    as_maria: ApiClient, customer: Customer
) -> None:
    heir = make_customer(**TAKEN)
    assert as_maria.post(restore(customer)).status_code == 409
    body = {"email": None, "phone": None}
    as_maria.patch(f"/api/v1/customers/{heir.pk}", body)
    assert as_maria.post(restore(customer)).status_code == 200


def test_what_is_live_cannot_be_restored(as_maria: ApiClient) -> None:
    live = make_customer()
    response = as_maria.post(restore(live))
    assert response.status_code == 409
    assert response.json()["code"] == "not_archived"


def test_it_restores_the_version_that_was_read(as_maria: ApiClient, customer: Customer) -> None:
    stale = {"If-Match": f'"{customer.pk}-1"'}
    assert as_maria.post(restore(customer), headers=stale).status_code == 412


def test_who_is_not_there_cannot_be_restored(as_maria: ApiClient) -> None:
    assert as_maria.post("/api/v1/customers/999999/restore").status_code == 404


def test_a_model_refuses_the_same(customer: Customer) -> None:
    with pytest.raises(Conflict):
        make_customer().restore()
    heir = make_customer(email="ana@x.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        customer.restore()
    heir.archive()
    customer.refresh_from_db()
    customer.restore()
    assert Customer.objects.live().filter(email="ana@x.com").get() == customer
