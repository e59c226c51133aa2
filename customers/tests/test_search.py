from typing import Any
from urllib.parse import quote

import pytest

from crm.tests.clients import ApiClient
from customers.tests.make import make_customer

LIST = "/api/v1/customers"
# Both ways to search; the endpoint knows no other parameters than those of a page.
WAYS = (f"{LIST}?search=", f"{LIST}/search?q=")


def names(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


@pytest.fixture
def three(db: None) -> None:
    make_customer(
        name="José",
        surname="Pérez",
        phone="0412-345.67.89",
        city="Maracay",
        email="jose.perez@example.org",
        tax_id="V-12.345.678",
        instagram="@el_jose",
    )
    make_customer(name="Acme", client_type="juridical", company_name="ACME C.A.", external_id="Q-9")
    make_customer(name="Ольга", surname="Петрова")


FOUND = {
    "jose": ["José"],
    "PÉREZ": ["José"],
    "perez jose": ["José"],
    "ere": ["José"],
    "jo": ["José"],
    "0412 3456789": ["José"],
    "+58 412-345-67-89": ["José"],
    "4567": ["José"],
    "12345678": ["José"],
    "V-12.345.678": ["José"],
    "jose.perez@example.org": ["José"],
    "JOSE.PEREZ@EXAMPLE": ["José"],
    "el_jose": ["José"],
    "maracay": ["José"],
    "acme c.a.": ["Acme"],
    "q-9": ["Acme"],
    "ПЕТРОВА": ["Ольга"],
    "jose acme": [],
    "nobody": [],
    "%": [],
    "_": [],
    "!?": [],
    '"': [],
    "'; DROP TABLE --": [],
    "NEAR(jose": [],
    "jose* AND": [],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", FOUND)
def test_every_word_must_occur(text: str, way: str, three: None, as_sam: ApiClient) -> None:
    assert names(as_sam.get(way + quote(text))) == FOUND[text]


@pytest.mark.parametrize("way", WAYS)
def test_the_newest_comes_first_and_pages_go_on(way: str, as_sam: ApiClient) -> None:
    for number in range(5):
        make_customer(name=f"Ana {number}")
    pages, link = [], f"{way}ana&page_size=2&count=true"
    while link:
        response = as_sam.get(link)
        assert response.json()["count"] == 5
        pages.append(names(response))
        link = response.json()["next"]
    assert pages == [["Ana 4", "Ana 3"], ["Ana 2", "Ana 1"], ["Ana 0"]]
    assert names(as_sam.get(response.json()["previous"])) == pages[1]


@pytest.mark.parametrize("way", WAYS)
def test_it_finds_a_customer_by_what_they_are_called_now(way: str, as_sam: ApiClient) -> None:
    customer = make_customer(name="Before")
    as_sam.patch(f"{LIST}/{customer.pk}", {"name": "After"})
    assert names(as_sam.get(f"{way}before")) == []
    assert names(as_sam.get(f"{way}after")) == ["After"]


@pytest.mark.parametrize("way", WAYS)
def test_it_leaves_out_what_is_archived(way: str, as_sam: ApiClient) -> None:
    make_customer(name="Ana").archive()
    assert names(as_sam.get(f"{way}ana")) == []


def test_the_list_searches_the_archive_too(as_sam: ApiClient) -> None:
    make_customer(name="Ana Live")
    make_customer(name="Ana Archived").archive()
    assert names(as_sam.get(f"{LIST}?search=ana&archived=true")) == ["Ana Archived"]


def test_the_list_sorts_and_filters_what_it_finds(as_sam: ApiClient) -> None:
    for name, city in (("Bea", "Lima"), ("Ana", "Lima"), ("Ana", "Quito")):
        make_customer(name=name, surname="Gil", city=city)
    found = as_sam.get(f"{LIST}?search=gil&city=Lima&ordering=name")
    assert names(found) == ["Ana", "Bea"]


def test_an_empty_search_of_the_list_is_none(as_sam: ApiClient) -> None:
    make_customer(name="Ana")
    assert names(as_sam.get(f"{LIST}?search=%20")) == ["Ana"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?page_size=5"])
def test_the_endpoint_asks_what_to_search_for(query: str, as_sam: ApiClient) -> None:
    response = as_sam.get(f"{LIST}/search{query}")
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == ("q", "required")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("q=ana&ordering=name", "unknown_parameter"),
        ("q=ana&archived=true", "unknown_parameter"),
        ("q=ana&q=bea", "repeated"),
        (f"q={'a' * 201}", "too_long"),
        ("q=a%00b", "bad_character"),
    ],
)
def test_the_endpoint_refuses_what_it_cannot_use(query: str, code: str, as_sam: ApiClient) -> None:
    response = as_sam.get(f"{LIST}/search?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == code


@pytest.mark.parametrize("way", WAYS)
def test_it_bears_a_long_term(way: str, as_sam: ApiClient) -> None:
    assert names(as_sam.get(way + quote("a%_" * 66))) == []


def test_it_asks_for_a_sign_in(api: ApiClient, db: None) -> None:
    assert api.get(f"{LIST}/search?q=ana").status_code == 401


def test_every_role_may_search(
    three: None, as_alice: ApiClient, as_maria: ApiClient, as_sam: ApiClient
) -> None:
    for client in (as_alice, as_maria, as_sam):
        assert names(client.get(f"{LIST}/search?q=perez")) == ["José"]
