from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer

LIST = "/api/v1/customers"
SET_BY_THE_SYSTEM = {
    "id": 7,
    "uuid": "d0121a86-b5ab-4ba8-ba30-ae36887ea5d6",
    "phone_as_given": "0412",
    "country_code": "VE",
    "photo": "ab" * 32,
    "registered_at": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z",
    "created_by": 1,
    "updated_at": "2020-01-01T00:00:00Z",
    "modified_by": 1,
    "archived_at": "2020-01-01T00:00:00Z",
    "version": 9,
}


def errors(response: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in response.json()["errors"]}


def test_it_stores_a_person_in_canonical_form(as_sam: ApiClient, sam: User) -> None:
    given = {"name": "  Ana   María ", "email": "Ana@X.COM", "phone": "0412-345 67 89"}
    response = as_sam.post(LIST, given)
    assert response.status_code == 201
    customer = Customer.objects.get()
    assert (customer.name, customer.email) == ("Ana María", "ana@x.com")
    assert customer.phone == "+584123456789"
    assert customer.created_by == sam
    assert response.headers["Location"] == f"/api/v1/customers/{customer.pk}"
    assert response.headers["ETag"] == f'"{customer.pk}-1"'


def test_the_answer_is_what_the_record_reads(as_sam: ApiClient, sam: User) -> None:
    response = as_sam.post(LIST, {"name": "Ana", "country": "Perú", "instagram": "@ana"})
    assert response.json() == as_sam.get(response.headers["Location"]).json()
    assert response.json()["created_by"] == {"id": sam.pk, "username": "sam"}
    assert response.json()["country_code"] == "PE"


def test_every_role_may_add(as_alice: ApiClient, as_maria: ApiClient, as_sam: ApiClient) -> None:
    for client in (as_alice, as_maria, as_sam):
        assert client.post(LIST, {"name": "Ana"}).status_code == 201


def test_it_asks_for_a_sign_in(api: ApiClient, db: None) -> None:
    assert api.post(LIST, {"name": "Ana"}).status_code == 401
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"name": "required"}),
        ({"name": " "}, {"name": "blank"}),
        ({"name": None}, {"name": "null"}),
        ({"name": "x" * 151}, {"name": "max_length"}),
        ({"name": ["Ana"]}, {"name": "invalid"}),
        ({"name": "A", "client_type": "alien"}, {"client_type": "invalid_choice"}),
        ({"name": "A", "client_type": "juridical"}, {"company_name": "required"}),
        (
            {"name": "A", "client_type": "juridical", "company_name": " "},
            {"company_name": "required"},
        ),
        ({"name": "A", "nmae": "B"}, {"nmae": "unknown"}),
        ({"email": "no", "age": 200}, {"name": "required", "email": "invalid", "age": "max_value"}),
    ],
)
def test_it_names_every_field_that_is_wrong(
    body: dict[str, Any], expected: dict[str, str], as_sam: ApiClient
) -> None:
    response = as_sam.post(LIST, body)
    assert response.status_code == 422
    assert errors(response) == expected
    assert not Customer.objects.exists()


@pytest.mark.parametrize("field", SET_BY_THE_SYSTEM)
def test_it_refuses_what_the_system_sets(field: str, as_sam: ApiClient) -> None:
    response = as_sam.post(LIST, {"name": "Ana", field: SET_BY_THE_SYSTEM[field]})
    assert response.status_code == 422
    assert errors(response) == {field: "read_only"}
    assert not Customer.objects.exists()


TAKEN = {"email": ("ana@x.com", "ANA@X.com"), "phone": ("+584123456789", "0412 3456789")}
TAKEN |= {"external_id": ("A-1", " A-1 ")}


@pytest.mark.parametrize("field", TAKEN)
def test_it_refuses_a_value_that_another_customer_has(field: str, as_sam: ApiClient) -> None:
    stored, given = TAKEN[field]
    make_customer(**{field: stored})
    response = as_sam.post(LIST, {"name": "Ana", field: given})
    assert response.status_code == 409
    assert errors(response) == {field: "taken"}
    assert Customer.objects.count() == 1


def test_all_that_others_have_is_named_at_once(as_sam: ApiClient) -> None:
    for field, (stored, _given) in TAKEN.items():
        make_customer(**{field: stored})
    given = {field: given for field, (_stored, given) in TAKEN.items()}
    with CaptureQueriesContext(connection) as asked:
        response = as_sam.post(LIST, {"name": "Ana"} | given)
    assert response.status_code == 409
    assert list(errors(response)) == ["email", "phone", "external_id"]
    looks = [one for one in asked if one["sql"].lstrip().startswith("SELECT COUNT(")]
    assert len(looks) == 1, "one statement tells of all"


def test_what_an_archived_customer_had_is_free_but_for_the_number(as_sam: ApiClient) -> None:
    stored = {field: stored for field, (stored, _given) in TAKEN.items()}
    make_customer(**stored).archive()
    response = as_sam.post(LIST, {"name": "Ana"} | stored)
    assert response.status_code == 409
    assert errors(response) == {"external_id": "taken"}


def test_many_customers_have_no_email_phone_or_number(as_sam: ApiClient) -> None:
    for nothing in (None, "", " "):
        body = {"name": "Ana", "email": nothing, "phone": nothing, "external_id": nothing}
        response = as_sam.post(LIST, body)
        assert response.status_code == 201
        row = response.json()
        assert (row["email"], row["phone"], row["external_id"]) == (None, None, None)


def test_a_person_may_do_without_a_company(as_sam: ApiClient) -> None:
    body = {"name": "Ana", "client_type": "natural", "company_name": ""}
    assert as_sam.post(LIST, body).status_code == 201


def test_a_company_is_called_by_its_name(as_sam: ApiClient) -> None:
    body = {"name": "Ana", "client_type": "juridical", "company_name": "Acme"}
    assert as_sam.post(LIST, body).status_code == 201
    assert str(Customer.objects.get()) == "Acme"


def test_the_same_request_twice_makes_one_customer(as_sam: ApiClient) -> None:
    key = {"Idempotency-Key": "5f0c"}
    first, second = (as_sam.post(LIST, {"name": "Ana"}, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["Location"] == first.headers["Location"]
    assert Customer.objects.count() == 1


def test_a_model_makes_the_same_of_it(db: None) -> None:
    customer = Customer.objects.create(
        name=" Ana  María ", email="Ana@X.COM", phone="0412-345 67 89"
    )
    assert (customer.name, customer.email, customer.phone) == (
        *("Ana María", "ana@x.com"),
        "+584123456789",
    )
    assert customer.created_by is None
