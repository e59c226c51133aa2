from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer
from customers.tests.pictures import address, close, colour, content, shown, upload

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def customer(as_sam: ApiClient) -> Customer:
    customer = make_customer(name="Ana")
    assert upload(as_sam, customer).status_code == 200
    return customer


def links(client: ApiClient, customer: Customer) -> dict[str, str]:
    response = client.get(f"/api/v1/customers/{customer.pk}")
    found: dict[str, str] = response.json()["photo"]
    return found


def test_a_link_shows_the_photo_to_a_browser_without_a_token(
    as_sam: ApiClient, api: ApiClient, customer: Customer
) -> None:
    found = links(as_sam, customer)
    assert colour(api.get(found["url"])) == "red"
    assert shown(api.get(found["thumbnail_url"])).size == (160, 160)
    assert [row["photo"] for row in as_sam.get("/api/v1/customers").json()["results"]]


def test_it_can_run_nothing_there_either(
    as_sam: ApiClient, api: ApiClient, customer: Customer
) -> None:
    response = api.get(links(as_sam, customer)["url"], headers={"Accept": "image/webp"})
    shown(response)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert f"customer-{customer.pk}.webp" in response.headers["Content-Disposition"]


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (59, 200), (61, 404), (1500, 404)])
def test_a_link_lasts_for_an_hour(
    minutes: int, status: int, sam: User, as_user: Callable[[User], ApiClient], api: ApiClient
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client, customer = as_user(sam), make_customer()
        upload(client, customer)
        link = links(client, customer)["url"]
        clock.move_to(NOON + timedelta(minutes=minutes))
        response = api.get(link)
        assert response.status_code == status
        close(response)


def test_a_link_ends_with_its_photo(as_sam: ApiClient, api: ApiClient, customer: Customer) -> None:
    link = links(as_sam, customer)["url"]
    upload(as_sam, customer, content(colour="blue"))
    assert api.get(link).status_code == 404
    link = links(as_sam, customer)["url"]
    as_sam.delete(address(customer))
    assert api.get(link).status_code == 404
    assert as_sam.get(f"/api/v1/customers/{customer.pk}").json()["photo"] is None


def test_a_link_shows_one_customer_only(
    as_sam: ApiClient, api: ApiClient, customer: Customer
) -> None:
    other = make_customer()
    upload(as_sam, other, content(colour="blue"))
    mine, others = (links(as_sam, one)["url"].rpartition("/") for one in (customer, other))
    start, signature = mine[2].split(":", 1)
    forged = [
        f"{start}:{others[2].split(':', 1)[1]}",
        f"{others[2].split(':', 1)[0]}:{signature}",
        mine[2].replace(f"{customer.pk}-", f"{other.pk}-", 1),
        f"{mine[2]}x",
        mine[2][:-1],
        start,
        ":",
        "é",
        f"{customer.pk}-",
    ]
    for token in forged:
        response = api.get(f"{mine[0]}/{token}")
        assert response.status_code == 404
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["?size=large", "?width=10", "?size=thumbnail&size=thumbnail"])
def test_a_link_knows_no_other_parameters(
    query: str, as_sam: ApiClient, api: ApiClient, customer: Customer
) -> None:
    assert api.get(links(as_sam, customer)["url"] + query).status_code == 400


def test_a_link_only_shows(as_sam: ApiClient, api: ApiClient, customer: Customer) -> None:
    link = links(as_sam, customer)["url"]
    head = api.head(f"{link}?size=thumbnail")
    close(head)
    assert head.status_code == 200
    for method in ("post", "put", "patch", "delete", "options"):
        response = getattr(api, method)(link)
        assert response.status_code == 405
        assert response.headers["Content-Type"] == "application/problem+json"


def test_a_link_starts_at_the_public_address(
    as_sam: ApiClient, customer: Customer, settings: Any
) -> None:
    assert links(as_sam, customer)["url"].startswith("/api/v1/customers/photos/")
    settings.BASE_URL = "https://crm.example.org"
    assert links(as_sam, customer)["url"].startswith("https://crm.example.org/api/v1/customers/")
