from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import User
from crm.base.errors import NeedsConfirmation
from crm.base.registry import archive_guards
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer

LIST = "/api/v1/customers"
DEBTS = "Two invoices are unpaid."


@pytest.fixture
def customer(db: None) -> Customer:
    return make_customer(name="Ana", email="ana@x.com", phone="+584123456789", external_id="A-1")


@pytest.fixture
def debts() -> Iterator[Callable[[Any], str]]:
    """Another app that has something against archiving every customer."""

    def owes(customer: Customer) -> str:
        return DEBTS

    archive_guards.add(Customer, owes)
    yield owes
    archive_guards.remove(Customer, owes)


def test_deleting_takes_a_customer_out_of_lists(as_sam: ApiClient, customer: Customer) -> None:
    response = as_sam.delete(f"{LIST}/{customer.pk}")
    assert response.status_code == 204
    assert response.content == b""
    assert as_sam.get(LIST).json()["results"] == []
    assert as_sam.get(f"{LIST}/search?q=ana").json()["results"] == []
    assert as_sam.get(f"{LIST}/stats").json()["total"] == 0


def test_an_archived_customer_can_still_be_read(as_sam: ApiClient, customer: Customer) -> None:
    as_sam.delete(f"{LIST}/{customer.pk}")
    row = as_sam.get(f"{LIST}/{customer.pk}").json()
    assert row["archived_at"] is not None
    assert (row["name"], row["email"], row["version"]) == ("Ana", "ana@x.com", 2)
    assert as_sam.get(f"{LIST}/{customer.pk}/history").status_code == 200


def test_their_email_and_phone_are_free_for_others(as_sam: ApiClient, customer: Customer) -> None:
    as_sam.delete(f"{LIST}/{customer.pk}")
    body = {"name": "Heir", "email": customer.email, "phone": customer.phone}
    assert as_sam.post(LIST, body).status_code == 201


def test_their_external_number_stays_taken(as_sam: ApiClient, customer: Customer) -> None:
    as_sam.delete(f"{LIST}/{customer.pk}")
    response = as_sam.post(LIST, {"name": "Heir", "external_id": "A-1"})
    assert response.status_code == 409
    assert response.json()["errors"][0]["field"] == "external_id"


def test_deleting_again_changes_nothing(as_sam: ApiClient, customer: Customer) -> None:
    for _ in range(2):
        assert as_sam.delete(f"{LIST}/{customer.pk}").status_code == 204
    customer.refresh_from_db()
    assert (customer.version, customer.history.count()) == (2, 2)


def test_it_says_what_speaks_against_it(as_sam: ApiClient, customer: Customer, debts: Any) -> None:
    for query in ("", "?confirm=false"):
        response = as_sam.delete(f"{LIST}/{customer.pk}{query}")
        assert response.status_code == 409
        body = response.json()
        assert (body["code"], body["reasons"]) == ("confirmation_required", [DEBTS])
        assert DEBTS in body["detail"]
    customer.refresh_from_db()
    assert customer.archived_at is None


def test_whoever_confirms_archives_all_the_same(
    as_sam: ApiClient, customer: Customer, debts: Any
) -> None:
    assert as_sam.delete(f"{LIST}/{customer.pk}?confirm=true").status_code == 204
    assert as_sam.delete(f"{LIST}/{customer.pk}").status_code == 204  # nobody asks twice
    customer.refresh_from_db()
    assert customer.archived_at is not None


@pytest.mark.parametrize("query", ["confirm=yes", "confirm=", "force=true"])
def test_half_a_confirmation_is_none(
    query: str, as_sam: ApiClient, customer: Customer, debts: Any
) -> None:
    assert as_sam.delete(f"{LIST}/{customer.pk}?{query}").status_code == 400
    customer.refresh_from_db()
    assert customer.archived_at is None


def test_it_archives_the_version_that_was_read(as_sam: ApiClient, customer: Customer) -> None:
    address = f"{LIST}/{customer.pk}"
    assert as_sam.delete(address, headers={"If-Match": '"1-9"'}).status_code == 412
    match = {"If-Match": as_sam.get(address).headers["ETag"]}
    assert as_sam.delete(address, headers=match).status_code == 204


def test_every_role_may_archive(
    as_alice: ApiClient, as_maria: ApiClient, as_sam: ApiClient
) -> None:
    for client in (as_alice, as_maria, as_sam):
        assert client.delete(f"{LIST}/{make_customer().pk}").status_code == 204


def test_it_asks_for_a_sign_in(api: ApiClient, customer: Customer) -> None:
    assert api.delete(f"{LIST}/{customer.pk}").status_code == 401


def test_who_is_not_there_cannot_be_archived(as_sam: ApiClient) -> None:
    assert as_sam.delete(f"{LIST}/999999").status_code == 404


def test_it_tells_who_did_it(as_sam: ApiClient, customer: Customer, sam: User) -> None:
    as_sam.delete(f"{LIST}/{customer.pk}")
    customer.refresh_from_db()
    assert customer.modified_by == sam
    newest = customer.history.first()
    assert (newest.actor_name, newest.archived_at) == ("sam", customer.archived_at)


def test_a_model_asks_the_same(customer: Customer, debts: Any) -> None:
    with pytest.raises(NeedsConfirmation) as refusal:
        customer.archive()
    assert refusal.value.extra == {"reasons": [DEBTS]}
    customer.archive(confirmed=True)
    assert not Customer.objects.live().exists()
