"""Entity tags and ``If-Match``: nobody overwrites a change they have not seen."""

from typing import Any

import pytest

from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer


@pytest.fixture
def customer(db: None) -> Customer:
    return make_customer()


def path_of(customer: Customer) -> str:
    return f"/api/v1/customers/{customer.pk}"


def change(client: ApiClient, customer: Customer, tag: str, city: str = "Lima") -> Any:
    return client.patch(path_of(customer), {"city": city}, HTTP_IF_MATCH=tag)


def test_the_tag_is_strong_and_changes_with_the_version(
    as_sam: ApiClient, customer: Customer
) -> None:
    first = as_sam.get(path_of(customer))
    assert first.headers["ETag"] == f'"{customer.pk}-1"'
    assert first.json()["version"] == 1
    second = change(as_sam, customer, first.headers["ETag"])
    assert second.status_code == 200
    assert second.headers["ETag"] == f'"{customer.pk}-2"'
    assert as_sam.get(path_of(customer)).headers["ETag"] == second.headers["ETag"]


@pytest.mark.parametrize("tag", ["*", " * ", '"{}-1"', '"x", "{}-1"', ' "{}-1" ', '"a","{}-1","b"'])
def test_a_tag_that_matches_lets_the_change_through(
    as_sam: ApiClient, customer: Customer, tag: str
) -> None:
    assert change(as_sam, customer, tag.format(customer.pk)).status_code == 200


@pytest.mark.parametrize(
    "tag",
    [
        *('"{}-2"', '"{}-0"', 'W/"{}-1"', "{}-1", '"{}"', "", " ", '"', "x", '"{}-1', "'{}-1'"),
        *('"{}-01"', '"{}-1 "', "é", "," * 500, '"9{}-1"'),
    ],
)
def test_any_other_tag_is_refused_with_the_one_that_would_match(
    as_sam: ApiClient, customer: Customer, tag: str
) -> None:
    response = change(as_sam, customer, tag.format(customer.pk))
    assert response.status_code == 412
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["ETag"] == f'"{customer.pk}-1"'
    customer.refresh_from_db()
    assert (customer.city, customer.version) == ("", 1)


def test_without_a_tag_the_last_change_counts(as_sam: ApiClient, customer: Customer) -> None:
    for city in ("Lima", "Quito"):
        response = as_sam.patch(path_of(customer), {"city": city})
        assert response.status_code == 200
    customer.refresh_from_db()
    assert (customer.city, customer.version) == ("Quito", 3)


def test_a_change_of_nothing_keeps_the_tag(as_sam: ApiClient, customer: Customer) -> None:
    tag = as_sam.get(path_of(customer)).headers["ETag"]
    assert change(as_sam, customer, tag, city="").headers["ETag"] == tag


@pytest.mark.parametrize("send", ["delete", "restore"])
def test_archiving_and_restoring_obey_the_tag(
    as_maria: ApiClient, customer: Customer, send: str
) -> None:
    if send == "restore":
        customer.archive()
    stale, current = f'"{customer.pk}-9"', f'"{customer.pk}-{customer.version}"'
    method, suffix = ("post", "/restore") if send == "restore" else ("delete", "")
    request = getattr(as_maria, method)
    assert request(path_of(customer) + suffix, HTTP_IF_MATCH=stale).status_code == 412
    answer = request(path_of(customer) + suffix, HTTP_IF_MATCH=current)
    assert answer.status_code in (200, 204)


def test_a_record_nobody_has_is_not_found_whatever_the_tag(as_sam: ApiClient) -> None:
    response = as_sam.patch("/api/v1/customers/999999", {"city": "x"}, HTTP_IF_MATCH='"1-1"')
    assert response.status_code == 404


def test_code_that_saves_what_is_stale_is_stopped(customer: Customer) -> None:
    other = Customer.objects.get(pk=customer.pk)
    other.city = "Lima"
    other.save()
    customer.city = "Quito"
    with pytest.raises(Exception, match="changed this record meanwhile"):
        customer.save()
    other.refresh_from_db()
    assert other.city == "Lima"
