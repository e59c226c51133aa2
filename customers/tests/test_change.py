from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from crm.base.errors import Conflict, StaleRecord
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer
from customers.tests.test_create import SET_BY_THE_SYSTEM, errors

CLEARED = {
    "email": "ana@x.com",
    "phone": "+584123456789",
    "external_id": "A-1",
    "age": 40,
}


def at(customer: Customer) -> str:
    return f"/api/v1/customers/{customer.pk}"


def test_it_changes_what_is_sent_and_nothing_else(as_sam: ApiClient, sam: User) -> None:
    customer = make_customer(name="Ana", email="ana@x.com", city="Lima")
    response = as_sam.patch(at(customer), {"name": "Anna"})
    assert response.status_code == 200
    assert response.headers["ETag"] == f'"{customer.pk}-2"'
    assert response.json() == as_sam.get(at(customer)).json()
    customer.refresh_from_db()
    assert (customer.name, customer.email, customer.city) == ("Anna", "ana@x.com", "Lima")
    assert (customer.version, customer.modified_by, customer.created_by) == (2, sam, None)
    assert customer.updated_at > customer.created_at


@pytest.mark.parametrize("body", [{}, {"name": "Ana"}, {"name": " Ana ", "email": "ANA@x.com"}])
def test_a_change_of_nothing_leaves_no_trace(body: dict[str, Any], as_sam: ApiClient) -> None:
    customer = make_customer(name="Ana", email="ana@x.com")
    response = as_sam.patch(at(customer), body)
    assert response.status_code == 200
    assert response.json()["version"] == 1
    assert customer.history.count() == 1


@pytest.mark.parametrize(
    ("field", "nothing"),
    [
        *(("email", None), ("email", ""), ("phone", None), ("phone", " ")),
        *(("external_id", None), ("external_id", ""), ("age", None)),
    ],
)
def test_null_clears_what_may_be_missing(
    field: str, nothing: str | None, as_sam: ApiClient
) -> None:
    customer = make_customer(**{field: CLEARED[field]})
    response = as_sam.patch(at(customer), {field: nothing})
    assert response.status_code == 200
    assert response.json()[field] is None


@pytest.mark.parametrize(
    "field", ["name", "surname", "company_name", "tax_id", "city", "photo_url"]
)
def test_null_is_no_text(field: str, as_sam: ApiClient) -> None:
    customer = make_customer()
    response = as_sam.patch(at(customer), {field: None})
    assert response.status_code == 422
    assert errors(response) == {field: "null"}


def test_an_empty_text_clears_a_text(as_sam: ApiClient) -> None:
    customer = make_customer(surname="Gil", country="Peru", photo_url="https://x.com/a.png")
    cleared = {"surname": "", "country": "", "photo_url": ""}
    row = as_sam.patch(at(customer), cleared).json()
    assert (row["surname"], row["country"], row["country_code"], row["photo_url"]) == ("",) * 4


@pytest.mark.parametrize("field", [*SET_BY_THE_SYSTEM, "nmae", "search_text", "history"])
def test_it_refuses_what_is_unknown_or_not_theirs_to_set(field: str, as_sam: ApiClient) -> None:
    customer = make_customer(name="Ana")
    value = SET_BY_THE_SYSTEM.get(field, "x")
    response = as_sam.patch(at(customer), {"name": "Eve", field: value})
    assert response.status_code == 422
    assert errors(response) == {field: "read_only" if field in SET_BY_THE_SYSTEM else "unknown"}
    customer.refresh_from_db()
    assert (customer.name, customer.version) == ("Ana", 1)


def test_a_person_becomes_a_company_only_with_its_name(as_sam: ApiClient) -> None:
    customer = make_customer(name="Ana")
    response = as_sam.patch(at(customer), {"client_type": "juridical"})
    assert response.status_code == 422
    assert errors(response) == {"company_name": "required"}
    body = {"client_type": "juridical", "company_name": "Acme"}
    assert as_sam.patch(at(customer), body).status_code == 200


def test_a_company_keeps_its_name(as_sam: ApiClient) -> None:
    customer = make_customer(client_type="juridical", company_name="Acme")
    response = as_sam.patch(at(customer), {"company_name": ""})
    assert errors(response) == {"company_name": "required"}
    body = {"client_type": "natural", "company_name": ""}
    assert as_sam.patch(at(customer), body).status_code == 200


@pytest.mark.parametrize("field", ["email", "phone", "external_id"])
def test_it_refuses_a_value_that_another_customer_has(field: str, as_sam: ApiClient) -> None:
    make_customer(**{field: CLEARED[field]})
    customer = make_customer()
    response = as_sam.patch(at(customer), {"name": "Changed", field: CLEARED[field]})
    assert response.status_code == 409
    assert errors(response) == {field: "taken"}
    customer.refresh_from_db()
    assert (customer.version, customer.history.count()) == (1, 1)


def test_all_that_others_have_is_named_at_once(as_sam: ApiClient) -> None:
    for field in ("email", "phone"):
        make_customer(**{field: CLEARED[field]})
    customer = make_customer(external_id="A-1")
    body = {"email": CLEARED["email"], "phone": CLEARED["phone"], "external_id": "A-1"}
    response = as_sam.patch(at(customer), body)
    assert response.status_code == 409
    assert list(errors(response)) == ["email", "phone"]


@pytest.mark.parametrize("tag", ['"{pk}-1"', "*", '"9-9", "{pk}-1"', ' "{pk}-1" '])
def test_it_changes_the_version_that_was_read(tag: str, as_sam: ApiClient) -> None:
    customer = make_customer()
    match = {"If-Match": tag.format(pk=customer.pk)}
    assert as_sam.patch(at(customer), {"name": "Eve"}, headers=match).status_code == 200


@pytest.mark.parametrize("tag", ['"{pk}-2"', 'W/"{pk}-1"', "{pk}-1", '"1"', "", '"é"'])
def test_it_refuses_to_change_another_version(tag: str, as_sam: ApiClient) -> None:
    customer = make_customer(name="Ana")
    match = {"If-Match": tag.format(pk=customer.pk)}
    response = as_sam.patch(at(customer), {"name": "Eve"}, headers=match)
    assert response.status_code == 412
    assert response.headers["ETag"] == f'"{customer.pk}-1"'
    customer.refresh_from_db()
    assert customer.name == "Ana"


def test_an_archived_customer_is_restored_before_it_is_changed(as_alice: ApiClient) -> None:
    customer = make_customer(name="Ana")
    customer.archive()
    response = as_alice.patch(at(customer), {"name": "Eve"})
    assert response.status_code == 409
    assert response.json()["code"] == "archived"
    customer.refresh_from_db()
    assert customer.name == "Ana"


def test_whoever_may_not_sign_in_changes_nothing(api: ApiClient, db: None) -> None:
    customer = make_customer(name="Ana")
    assert api.patch(at(customer), {"name": "Eve"}).status_code == 401


def test_every_role_may_change(as_alice: ApiClient, as_maria: ApiClient, as_sam: ApiClient) -> None:
    customer = make_customer()
    for client, name in ((as_alice, "A"), (as_maria, "B"), (as_sam, "C")):
        assert client.patch(at(customer), {"name": name}).json()["name"] == name


def test_who_is_not_there_cannot_be_changed(as_sam: ApiClient) -> None:
    assert as_sam.patch("/api/v1/customers/999999", {"name": "Eve"}).status_code == 404


def test_there_is_no_put(as_sam: ApiClient) -> None:
    response = as_sam.put(at(make_customer()), {"name": "Eve"})
    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_model_refuses_the_same(db: None) -> None:
    customer = make_customer(name="Ana")
    stale = Customer.objects.get(pk=customer.pk)
    customer.name = "Anna"
    customer.save()
    stale.city = "Lima"
    with pytest.raises(StaleRecord):
        stale.save()
    customer.client_type = "juridical"
    with pytest.raises(ValidationError, match="company name"):
        customer.save()
    customer.refresh_from_db()
    customer.archive()
    customer.city = "Lima"
    with pytest.raises(Conflict):
        customer.save()
