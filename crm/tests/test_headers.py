"""What every answer tells a browser, whatever it answers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm.tests.clients import ApiClient
from crm.tests.samples import MAKERS
from customers.models import Customer
from customers.photos import signed_link

pytestmark = pytest.mark.any_database

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
CLOSED = ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action"]
PICTURE = "default-src 'none'; sandbox"
STYLESHEET = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"


@pytest.fixture
def plain() -> Client:
    """A browser nobody has signed in with, which sees errors as answers."""
    return Client(raise_request_exception=False)


def check(response: Any, status: int) -> None:
    """Assert the status and the headers that every answer has."""
    b"".join(response)  # which closes a file
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-ID"])
    policy = response.headers["Content-Security-Policy"]
    assert policy == PICTURE or all(part in policy for part in CLOSED)
    assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(response.headers)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/health", 200),
        ("/ready", 200),
        ("/docs", 200),
        ("/docs?script=", 200),
        ("/openapi.json", 200),
        ("/admin/login/", 200),
        ("/", 302),
        ("/admin/", 302),
        ("/admin/customers/customer/", 302),
        ("/api/v1/customers", 401),
        ("/api/v1/nowhere", 404),
        ("/nowhere", 404),
        ("/api/v1/auth/login", 405),
    ],
)
def test_an_answer_to_nobody(db: None, plain: Client, path: str, status: int) -> None:
    response = plain.get(path)
    check(response, status)
    assert "no-store" in response.headers["Cache-Control"]


def test_a_static_file(plain: Client) -> None:
    response = plain.get(STYLESHEET)
    check(response, 200)
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_a_static_file_that_is_none(plain: Client) -> None:
    check(plain.get("/static/none.css"), 404)
    check(plain.get("/static/../crm/settings.py"), 404)
    check(plain.get("/static/%2e%2e/crm/settings.py"), 404)


def test_what_somebody_signed_in_reads(as_sam: ApiClient) -> None:
    customer = MAKERS[Customer]()
    for path in ("customers", f"customers/{customer.pk}", f"customers/{customer.pk}/history"):
        response = as_sam.get(f"/api/v1/{path}")
        check(response, 200)
        assert response.headers["Cache-Control"] == "no-store"


def test_a_photo(as_sam: ApiClient, plain: Client) -> None:
    customer = MAKERS[Customer]()
    assert customer.photo
    for response in (
        as_sam.get(f"/api/v1/customers/{customer.pk}/photo"),
        plain.get(signed_link(customer.pk, customer.photo)),
    ):
        check(response, 200)
        assert response.headers["Content-Type"] == "image/webp"
        assert "no-store" in response.headers["Cache-Control"]


def test_refusals(as_sam: ApiClient, plain: Client) -> None:
    check(as_sam.get("/api/v1/customers?nope=1"), 400)
    check(as_sam.get("/api/v1/users"), 403)
    check(as_sam.post("/api/v1/customers", {}), 422)
    check(as_sam.post("/api/v1/customers", data="x", content_type="text/plain"), 415)
    check(as_sam.delete("/api/v1/auth/me"), 405)
    check(plain.post("/api/v1/auth/login", "x" * 6_000_001, content_type="text/plain"), 413)
    check(plain.get("/health", headers={"Host": "evil.example"}), 400)


def test_a_defect_of_ours(monkeypatch: pytest.MonkeyPatch, plain: Client) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("crm.health.connection", broken)
    monkeypatch.setattr("crm.health.MigrationExecutor", broken)
    check(plain.get("/ready"), 500)


def test_the_back_office(alice: User, back_office: Callable[[User], Client]) -> None:
    browser = back_office(alice)
    for path in ("/admin/", "/admin/customers/customer/", "/admin/accounts/user/add/"):
        response = browser.get(path)
        check(response, 200)
        assert "no-store" in response.headers["Cache-Control"]
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    check(browser.get("/admin/nowhere/"), 404)


def test_a_form_without_its_token_is_refused(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    for path in ("/admin/login/", "/admin/logout/", "/admin/customers/customer/add/"):
        check(browser.post(path, {"name": "Ana"}), 403)
    assert not Customer.objects.exists()


def test_a_form_from_elsewhere_is_refused(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    page = browser.get("/admin/customers/customer/add/")
    form = {"name": "Ana", "csrfmiddlewaretoken": page.context["csrf_token"]}
    foreign = {"Origin": "https://evil.example"}
    check(browser.post("/admin/customers/customer/add/", form, headers=foreign), 403)
    assert not Customer.objects.exists()


def test_the_api_knows_no_cookie(alice: User, back_office: Callable[[User], Client]) -> None:
    browser = back_office(alice)
    check(browser.get("/api/v1/customers"), 401)
    check(browser.post("/api/v1/customers", {"name": "Ana"}, content_type="application/json"), 401)


def test_the_back_office_knows_no_token(as_alice: ApiClient) -> None:
    response = as_alice.get("/admin/customers/customer/")
    check(response, 302)
    assert response.headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("following", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_to_nobody_else(alice: User, plain: Client, following: str) -> None:
    form = {"username": "alice", "password": "correct horse battery staple", "next": following}
    response = plain.post("/admin/login/", form)
    assert response.status_code == 302
    assert response.headers["Location"] == "/admin/"


def test_the_session_is_a_new_one_after_signing_in(alice: User, plain: Client) -> None:
    plain.cookies["session"] = "chosen-by-somebody-else-0123456789"
    form = {"username": "alice", "password": "correct horse battery staple"}
    plain.post("/admin/login/", form)
    assert plain.cookies["session"].value != "chosen-by-somebody-else-0123456789"
    assert plain.get("/admin/").status_code == 200


def test_the_only_language_of_the_api_is_json(as_sam: ApiClient) -> None:
    for accept in ("text/html", "application/xml", "*/*", ""):
        response = as_sam.get("/api/v1/customers", HTTP_ACCEPT=accept)
        assert response.headers["Content-Type"] == "application/json"
    assert as_sam.get("/api/v1/customers?format=api").status_code == 400


# --- The length of an answer --------------------------------------------------------------------


def test_an_answer_says_how_long_it_is(client: Client) -> None:
    response = client.get("/health")
    assert response.headers["Content-Length"] == str(len(response.content))


def test_an_answer_without_content_has_no_length(as_sam: ApiClient) -> None:
    assert "Content-Length" not in as_sam.post("/api/v1/auth/logout").headers
