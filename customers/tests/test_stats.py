from datetime import timedelta
from typing import Any

import pytest
import pytest_django
from django.utils import timezone

from accounts.models import User
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer

STATS = "/api/v1/customers/stats"
COMPANY = {"client_type": "juridical", "company_name": "Acme"}


def test_it_counts_nobody(as_sam: ApiClient) -> None:
    assert as_sam.get(STATS).json() == {
        "total": 0,
        "by_type": {"natural": 0, "juridical": 0},
        "registered_last_30_days": 0,
        "by_country": [],
    }


def test_it_counts_the_live(as_sam: ApiClient) -> None:
    make_customer(country="Venezuela")
    make_customer(country="VE")
    make_customer(country="Perú", **COMPANY)
    make_customer(country="Atlantis")
    make_customer(country="Chile", **COMPANY).archive()
    body = as_sam.get(STATS).json()
    assert body["total"] == 4
    assert body["by_type"] == {"natural": 3, "juridical": 1}
    assert body["by_country"] == [
        {"country_code": "VE", "count": 2},
        {"country_code": "PE", "count": 1},
    ]


@pytest.mark.parametrize(("days", "counted"), [(0, 1), (29.9, 1), (30.1, 0), (400, 0)])
def test_it_counts_who_registered_within_thirty_days(
    days: float, counted: int, as_sam: ApiClient
) -> None:
    make_customer(registered_at=timezone.now() - timedelta(days=days))
    assert as_sam.get(STATS).json()["registered_last_30_days"] == counted


def test_it_names_the_ten_largest_countries_and_breaks_ties_by_code(as_sam: ApiClient) -> None:
    codes = ["AR", "BO", "BR", "CL", "CO", "CR", "CU", "EC", "GT", "HN", "MX", "MX"]
    Customer.objects.audited_bulk_create([Customer(name="C", country=code) for code in codes])
    found = as_sam.get(STATS).json()["by_country"]
    assert [row["country_code"] for row in found] == ["MX", *codes[:9]]


def their_own(customers: Any, actor: User) -> Any:
    return customers.filter(created_by=actor)


def test_it_counts_only_what_the_actor_may_see(
    as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer(country="VE")
    as_sam.post("/api/v1/customers", {"name": "Mine", "country": "Peru"})
    monkeypatch.setattr(type(Customer.objects.all()), "visible_to", their_own)
    body = as_sam.get(STATS).json()
    assert (body["total"], body["by_type"]["natural"]) == (1, 1)
    assert body["registered_last_30_days"] == 1
    assert body["by_country"] == [{"country_code": "PE", "count": 1}]


def test_every_role_is_told_the_same(
    as_alice: ApiClient, as_maria: ApiClient, as_sam: ApiClient
) -> None:
    make_customer()
    answers = [client.get(STATS).json() for client in (as_alice, as_maria, as_sam)]
    assert [answer["total"] for answer in answers] == [1, 1, 1]


def test_it_costs_two_statements(
    as_sam: ApiClient, django_assert_max_num_queries: pytest_django.DjangoAssertNumQueries
) -> None:
    make_customer()
    with django_assert_max_num_queries(3):  # and who asks
        as_sam.get(STATS)


def test_it_takes_no_parameters(as_sam: ApiClient) -> None:
    assert as_sam.get(f"{STATS}?country=VE").status_code == 400


def test_it_asks_for_a_sign_in(api: ApiClient, db: None) -> None:
    assert api.get(STATS).status_code == 401
