from urllib.parse import quote

import pytest

from crm.tests.clients import ApiClient
from customers.tests.make import make_customer

BY_PHONE = "/api/v1/customers/by-phone/"
SPELLINGS = (
    *("+584123456789", "584123456789", "00584123456789", "04123456789", "4123456789"),
    *(
        "0412-345-67-89",
        "(0412) 345.67.89",
        "0412/345/6789",
        " 0412 3456789 ",
        "+58 (412) 345-6789",
    ),
    *(
        "٠٤١٢٣٤٥٦٧٨٩",
        "０４１２３４５６７８９",
        "0412\u00a0345\u20116789",
        "\u202a+584123456789\u202c",
    ),
)
NO_PHONES = (
    "123",
    "ana",
    "+",
    "0412",
    "0412345678x",
    "412345678901234567890",
    "1" * 200,
    "%00",
    "-",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_finds_the_customer(spelling: str, as_sam: ApiClient) -> None:
    customer = make_customer(name="Ana", phone="+584123456789")
    make_customer(phone="+584123456780")
    response = as_sam.get(BY_PHONE + quote(spelling))
    assert response.status_code == 200
    assert response.json()["id"] == customer.pk
    assert response.headers["ETag"] == f'"{customer.pk}-1"'


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_stored_as_one(spelling: str, as_sam: ApiClient) -> None:
    response = as_sam.post("/api/v1/customers", {"name": "Ana", "phone": spelling})
    assert response.status_code == 201
    assert response.json()["phone"] == "+584123456789"


@pytest.mark.parametrize("spelling", NO_PHONES)
def test_what_is_no_phone_is_nobodys(spelling: str, as_sam: ApiClient) -> None:
    make_customer(phone=None)
    response = as_sam.get(BY_PHONE + quote(spelling))
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_a_phone_of_nobody_is_not_found(as_sam: ApiClient) -> None:
    assert as_sam.get(f"{BY_PHONE}+584123456789").status_code == 404


def test_a_phone_of_an_archived_customer_is_not_found(as_sam: ApiClient) -> None:
    make_customer(phone="+584123456789").archive()
    assert as_sam.get(f"{BY_PHONE}+584123456789").status_code == 404
    heir = make_customer(phone="+584123456789")
    assert as_sam.get(f"{BY_PHONE}+584123456789").json()["id"] == heir.pk


def test_an_address_without_a_phone_is_none(as_sam: ApiClient) -> None:
    assert as_sam.get(BY_PHONE).status_code == 404


def test_a_slash_at_the_end_changes_nothing(as_sam: ApiClient) -> None:
    make_customer(phone="+584123456789")
    assert as_sam.get(f"{BY_PHONE}+584123456789/").status_code == 200


def test_it_takes_no_parameters(as_sam: ApiClient) -> None:
    assert as_sam.get(f"{BY_PHONE}+584123456789?region=VE").status_code == 400


def test_it_asks_for_a_sign_in(api: ApiClient, db: None) -> None:
    assert api.get(f"{BY_PHONE}+584123456789").status_code == 401
