from typing import Any

import pytest
import pytest_django

from accounts.models import User
from crm.base.context import acting
from crm.base.trail.history import stamp
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer


def history(client: ApiClient, customer: Customer, query: str = "") -> list[dict[str, Any]]:
    response = client.get(f"/api/v1/customers/{customer.pk}/history{query}")
    assert response.status_code == 200, response.content
    entries: list[dict[str, Any]] = response.json()["results"]
    return entries


@pytest.fixture
def customer(as_sam: ApiClient, as_maria: ApiClient) -> Customer:
    """Added and changed by sam, archived and restored by maria."""
    first = {"name": "Ana", "phone": "0412 3456789"}
    location = as_sam.post("/api/v1/customers", first).headers["Location"]
    as_sam.patch(location, {"name": "Anna", "city": "Lima"}, headers={"X-Request-ID": "rename-01"})
    as_maria.delete(location)
    as_maria.post(f"{location}/restore")
    return Customer.objects.get()


def test_it_tells_what_happened_newest_first(as_sam: ApiClient, customer: Customer) -> None:
    entries = history(as_sam, customer)
    actions = [(entry["action"], entry["user"]["name"]) for entry in entries]
    assert actions == [
        ("restore", "maria"),
        ("archive", "maria"),
        ("update", "sam"),
        ("create", "sam"),
    ]


def test_it_tells_from_what_to_what(as_sam: ApiClient, customer: Customer, sam: User) -> None:
    change = history(as_sam, customer)[2]
    assert change["old_values"] == {"name": "Ana", "city": ""}
    assert change["new_values"] == {"name": "Anna", "city": "Lima"}
    assert change["user"] == {"id": sam.pk, "name": "sam", "role": "sales"}
    assert (change["source"], change["request_id"]) == ("api", "rename-01")
    assert change["at"].endswith("Z")


def test_the_first_entry_tells_what_was_there(as_sam: ApiClient, customer: Customer) -> None:
    first = history(as_sam, customer)[-1]
    assert first["old_values"] == {}
    assert first["new_values"]["name"] == "Ana"
    assert first["new_values"]["phone"] == "+584123456789"
    assert "search_text" not in first["new_values"]


def test_archiving_and_restoring_change_nothing_else(as_sam: ApiClient, customer: Customer) -> None:
    restored, archived, *_ = history(as_sam, customer)
    assert archived["old_values"] == {"archived_at": None}
    assert restored["new_values"] == {"archived_at": None}
    assert archived["new_values"] == restored["old_values"]


def test_every_role_is_told_the_same(
    as_alice: ApiClient, as_maria: ApiClient, as_sam: ApiClient, customer: Customer
) -> None:
    told = [history(client, customer) for client in (as_alice, as_maria, as_sam)]
    assert told[0] == told[1] == told[2]


def test_nobody_is_told_without_a_sign_in(api: ApiClient, customer: Customer) -> None:
    assert api.get(f"/api/v1/customers/{customer.pk}/history").status_code == 401


@pytest.mark.parametrize("size", [1, 2, 3])
def test_its_pages_join_without_a_gap(size: int, as_sam: ApiClient, customer: Customer) -> None:
    whole, paged = history(as_sam, customer), []
    link = f"/api/v1/customers/{customer.pk}/history?page_size={size}&count=true"
    while link:
        body = as_sam.get(link).json()
        assert body["count"] == 4
        paged += body["results"]
        link = body["next"]
    assert paged == whole


def test_it_stays_when_the_one_who_did_it_is_gone(
    as_alice: ApiClient, customer: Customer, sam: User
) -> None:
    sam.archive()
    assert history(as_alice, customer)[-1]["user"]["name"] == "sam"


def test_it_tells_of_this_customer_only(as_sam: ApiClient, customer: Customer) -> None:
    assert len(history(as_sam, make_customer())) == 1


def test_what_the_system_did_says_so(as_sam: ApiClient) -> None:
    with acting(actor=None, source="import", request_id="night-run", reason="Spring list"):
        customer = make_customer()
        assert stamp()["actor_name"] == "system"
    [entry] = history(as_sam, customer)
    assert entry["user"] == {"id": None, "name": "system", "role": "system"}
    assert (entry["source"], entry["reason"]) == ("import", "Spring list")


def test_a_refused_change_leaves_no_entry(as_sam: ApiClient, customer: Customer) -> None:
    make_customer(email="ana@x.com")
    for body in ({"email": "ana@x.com"}, {"age": 200}, {"version": 1}):
        assert as_sam.patch(f"/api/v1/customers/{customer.pk}", body).status_code in (409, 422)
    assert len(history(as_sam, customer)) == 4


def test_it_cannot_be_written(as_alice: ApiClient, customer: Customer) -> None:
    for method in ("post", "put", "patch", "delete"):
        response = getattr(as_alice, method)(f"/api/v1/customers/{customer.pk}/history")
        assert response.status_code == 405


@pytest.mark.parametrize("query", ["?user=1", "?cursor=x", "?page_size=0", "?search=ana"])
def test_it_refuses_parameters_it_cannot_use(
    query: str, as_sam: ApiClient, customer: Customer
) -> None:
    response = as_sam.get(f"/api/v1/customers/{customer.pk}/history{query}")
    assert response.status_code == 400


def test_who_is_not_there_has_no_history(as_sam: ApiClient) -> None:
    assert as_sam.get("/api/v1/customers/999999/history").status_code == 404


def test_a_long_history_costs_what_a_short_one_does(
    as_sam: ApiClient,
    customer: Customer,
    django_assert_max_num_queries: pytest_django.DjangoAssertNumQueries,
) -> None:
    for number in range(10):
        as_sam.patch(f"/api/v1/customers/{customer.pk}", {"city": f"City {number}"})
    # Who asks, the customer, the page, and the entry before its oldest.
    with django_assert_max_num_queries(4):
        assert len(history(as_sam, customer, "?page_size=12")) == 12
