"""Scripts of other origins: only those that were named, and never all."""

from typing import Any

import pytest
from django.test import Client

from crm.tests.clients import ApiClient

pytestmark = pytest.mark.any_database

FRONTEND = "https://app.example.org"
LOGIN, CUSTOMERS = "/api/v1/auth/login", "/api/v1/customers"


@pytest.fixture(autouse=True)
def one_frontend(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRONTEND]


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def preflight(browser: Client, path: str, method: str, wanted: str, origin: str = FRONTEND) -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": wanted,
    }
    return browser.options(path, headers=headers)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "header", ["authorization", "content-type", "if-match", "idempotency-key", "x-request-id"]
)
def test_a_frontend_may_ask_all_the_api_knows(browser: Client, method: str, header: str) -> None:
    response = preflight(browser, f"{CUSTOMERS}/1", method, header)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == FRONTEND
    assert method in response.headers["Access-Control-Allow-Methods"].split(", ")
    assert header in response.headers["Access-Control-Allow-Headers"].split(", ")
    assert "origin" in response.headers["Vary"].lower()


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://app.example.org",
        "https://app.example.org.evil.example",
        "https://evil-app.example.org",
        "https://app.example.org:8443",
        "https://APP.example.org.",
        "null",
        "",
        "https://[",
    ],
)
def test_nobody_else_may(browser: Client, origin: str) -> None:
    for response in (
        preflight(browser, CUSTOMERS, "POST", "authorization", origin),
        browser.get(CUSTOMERS, headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_by_default_nobody_may(browser: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = []
    response = preflight(browser, CUSTOMERS, "POST", "authorization")
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_frontend_reads_errors_too(db: None, browser: Client, as_sam: ApiClient) -> None:
    foreign: dict[str, Any] = {"headers": {"Origin": FRONTEND}}
    large: dict[str, Any] = {"data": "x" * 6_000_001, "content_type": "application/json"}
    answers = {
        400: as_sam.get(f"{CUSTOMERS}?nope=1", HTTP_ORIGIN=FRONTEND),
        401: browser.get(CUSTOMERS, **foreign),
        403: as_sam.get("/api/v1/users", HTTP_ORIGIN=FRONTEND),
        404: browser.get("/api/v1/nowhere", **foreign),
        405: browser.get(LOGIN, **foreign),
        413: browser.post(LOGIN, **large, **foreign),
        415: browser.post(LOGIN, "x", content_type="text/plain", **foreign),
    }
    for status, response in answers.items():
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == FRONTEND
        assert "X-Request-ID" in response.headers["Access-Control-Expose-Headers"]


def test_a_frontend_may_read_what_it_must_send_back(as_sam: ApiClient) -> None:
    response = as_sam.get(CUSTOMERS, HTTP_ORIGIN=FRONTEND)
    exposed = set(response.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"ETag", "Location", "Retry-After", "X-Request-ID"} <= exposed
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", ["/admin/login/", "/docs", "/health", "/", "/static/none.css"])
def test_only_the_api_is_open_to_them(db: None, browser: Client, path: str) -> None:
    response = browser.get(path, headers={"Origin": FRONTEND})
    assert "Access-Control-Allow-Origin" not in response.headers
