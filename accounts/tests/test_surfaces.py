"""The API knows tokens and the back office knows cookies; neither takes the other's."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.tokens import open_session
from crm.tests.clients import ApiClient

ME = "/api/v1/auth/me"


def test_a_cookie_of_the_back_office_opens_nothing_in_the_api(
    alice: User, back_office: Callable[[User], Client]
) -> None:
    browser = back_office(alice)
    assert browser.get("/admin/").status_code == 200
    assert browser.get(ME).status_code == 401
    assert browser.post("/api/v1/customers", {"name": "Ana"}).status_code == 401


def test_a_token_of_the_api_opens_nothing_in_the_back_office(alice: User) -> None:
    tokens = open_session(alice)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        for headers in ({"HTTP_AUTHORIZATION": f"Bearer {token}"}, {"HTTP_COOKIE": token}):
            response = Client().get("/admin/", **headers)
            assert response.status_code == 302
            assert response.headers["Location"].startswith("/admin/login")


def test_the_api_sets_no_cookie_and_asks_for_none(as_alice: ApiClient) -> None:
    response = as_alice.get(ME)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("name", ["session", "sessionid", "access_token", "refresh_token"])
def test_a_token_in_a_cookie_is_not_read(alice: User, api: ApiClient, name: str) -> None:
    api.cookies[name] = open_session(alice)["access_token"]
    assert api.get(ME).status_code == 401


def test_the_api_needs_no_csrf_token_because_it_takes_no_cookie(alice: User) -> None:
    client = ApiClient(enforce_csrf_checks=True)
    token = open_session(alice)["access_token"]
    header = f"Bearer {token}"
    response = client.patch(ME, {"language": "es"}, HTTP_AUTHORIZATION=header)
    assert response.status_code == 200


def test_whoever_is_signed_out_of_the_api_stays_in_the_back_office(
    alice: User, as_alice: ApiClient, back_office: Callable[[User], Client]
) -> None:
    browser = back_office(alice)
    assert as_alice.post("/api/v1/auth/logout").status_code == 204
    assert browser.get("/admin/").status_code == 200


def test_a_changed_password_ends_the_back_office_too(
    alice: User, back_office: Callable[[User], Client]
) -> None:
    browser = back_office(alice)
    alice.change_password("!")
    assert browser.get("/admin/").status_code == 302


def test_somebody_deactivated_is_out_of_the_back_office_too(
    sam: User, back_office: Callable[[User], Client]
) -> None:
    browser = back_office(sam)
    sam.archive()
    assert browser.get("/admin/").status_code == 302
