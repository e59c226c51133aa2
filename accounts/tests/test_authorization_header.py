"""The Authorization header: RFC 6750's shapes, and nothing that anybody puts there is an error."""

import pytest

from accounts.models import User
from accounts.tests.tokens import ME
from accounts.tokens import open_session
from crm.tests.clients import ApiClient

BASIC = "Basic YWxpY2U6c2VjcmV0"
NOT_OURS = [
    "",
    " ",
    BASIC,
    "Digest x",
    "Token abc",
    "Bearerabc",
    "Bearer\tabc",
    ":",
    "é" * 9,
    "\x00",
]
GARBAGE = [
    *("", " ", "x", "a.b", "a.b.c", "....", "e30.e30.", "null", "é.é.é", "日本", "\x00", "\udcff"),
    *("a b c", "Bearer", "%00", "'; --", "x" * 100_000, "." * 100_000, "=" * 50),
    "eyJhbGciOiJIUzI1NiJ9.W10.x",
    "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiZXhwIl19.e30.x",
    "eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2V0Yy9wYXNzd2QifQ.e30.x",
]


def ask(header: str) -> tuple[int, str]:
    response = ApiClient().get(ME, HTTP_AUTHORIZATION=header)
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, response.headers["WWW-Authenticate"]


def test_without_credentials_the_answer_names_no_error(api: ApiClient) -> None:
    response = api.get(ME)
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("header", NOT_OURS, ids=ascii)
def test_other_credentials_are_none(header: str) -> None:
    assert ask(header) == (401, 'Bearer realm="api"')


@pytest.mark.parametrize("token", GARBAGE, ids=lambda token: ascii(token[:20]))
def test_a_token_that_is_none_is_invalid(db: None, token: str) -> None:
    assert ask(f"Bearer {token}") == (401, 'Bearer realm="api", error="invalid_token"')


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "  bEaReR "])
def test_the_scheme_has_no_case(sam: User, scheme: str) -> None:
    token = open_session(sam)["access_token"]
    header = f"{scheme} {token} "
    assert ApiClient().get(ME, HTTP_AUTHORIZATION=header).status_code == 200


@pytest.mark.parametrize("place", ["access_token", "token", "authorization"])
def test_a_token_in_the_address_is_not_read(sam: User, api: ApiClient, place: str) -> None:
    response = api.get(ME, {place: open_session(sam)["access_token"]})
    assert response.status_code == 401


def test_somebody_who_may_not_is_told_that_the_token_is_too_weak(as_sam: ApiClient) -> None:
    response = as_sam.get("/api/v1/users")
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    challenge = 'Bearer realm="api", error="insufficient_scope"'
    assert response.headers["WWW-Authenticate"] == challenge
