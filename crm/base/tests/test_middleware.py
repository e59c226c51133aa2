"""What every request passes: its id, whose it is, where it comes from, how large it may be."""

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from crm.base.addresses import client_address
from crm.base.context import Context, current
from crm.base.middleware import (
    BodyLimitMiddleware,
    RequestContextMiddleware,
    ResponseHeadersMiddleware,
)

GENERATED = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def seen() -> list[Context]:
    return []


@pytest.fixture
def ask(seen: list[Context]) -> Callable[..., HttpResponse]:
    """Send a request through the middleware, and keep the context it ran in."""

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(current())
        return HttpResponse(request.path_info)

    def send(path: str = "/api/v1/x", **extra: Any) -> HttpResponse:
        return RequestContextMiddleware(view)(RequestFactory().get(path, **extra))

    return send


@pytest.mark.parametrize(
    "given", ["abcdefgh", "a" * 64, "0af7651916cd43dd-8448eb211c80319c", "a.b_c-d.8"]
)
def test_a_request_keeps_the_id_it_brings(ask: Any, seen: list[Context], given: str) -> None:
    response = ask(HTTP_X_REQUEST_ID=given)
    assert response["X-Request-ID"] == seen[0].request_id == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        "short",
        "a" * 65,
        "with space",
        "abc\r\nX: y",
        "é" * 8,
        "<script>",
        "a;b;c;d;e",
        "id=12345678",
    ],
)
def test_an_id_that_could_do_harm_is_replaced(ask: Any, seen: list[Context], given: str) -> None:
    response = ask(HTTP_X_REQUEST_ID=given)
    assert GENERATED.fullmatch(response["X-Request-ID"])
    assert response["X-Request-ID"] == seen[0].request_id


def test_every_request_has_an_id_of_its_own(ask: Any, seen: list[Context]) -> None:
    ask()
    ask()
    assert seen[0].request_id != seen[1].request_id


@pytest.mark.parametrize(
    ("path", "source"),
    [("/api/v1/x", "api"), ("/compat/1/x", "compat"), ("/admin/x/", "admin"), ("/health", "api")],
)
def test_it_knows_by_which_door_the_request_came(
    ask: Any, seen: list[Context], path: str, source: str
) -> None:
    ask(path)
    assert seen[0].source == source


def test_nothing_of_a_request_is_left_to_the_next(ask: Any, seen: list[Context]) -> None:
    before = current()
    ask(REMOTE_ADDR="192.0.2.7")
    assert current() == before
    assert (seen[0].actor, seen[0].reason) == (None, "")


def test_nothing_is_left_after_an_exception() -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    before = current()
    with pytest.raises(RuntimeError):
        RequestContextMiddleware(broken)(RequestFactory().get("/"))
    assert current() == before


@pytest.mark.parametrize(
    ("path", "answered"),
    [
        ("/api/v1/customers/", b"/api/v1/customers"),
        ("/api/v1/customers", b"/api/v1/customers"),
        ("/api/v1/customers///", b"/api/v1/customers"),
        ("/compat/x/", b"/compat/x"),
        ("/admin/", b"/admin/"),
        ("/", b"/"),
    ],
)
def test_the_api_answers_with_and_without_a_slash(ask: Any, path: str, answered: bytes) -> None:
    assert ask(path).content == answered


# --- The client's address -----------------------------------------------------------------------


def address(forwarded: str | None, remote: str = "10.0.0.1") -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))


@pytest.fixture
def behind_proxies(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize("forwarded", [None, "203.0.113.9", "garbage", "a, b", ""])
def test_without_proxies_the_header_says_nothing(forwarded: str | None) -> None:
    assert address(forwarded) == "10.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the left one is what the client claims
        ("203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.9", "10.0.0.9"),
        ("203.0.113.9, garbage", "10.0.0.1"),
        ("garbage, 203.0.113.9", "203.0.113.9"),
        (",, 203.0.113.9 ,", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:db8::1, fd00::7", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:1234", "10.0.0.1"),
        ("x" * 10_000, "10.0.0.1"),
    ],
)
def test_behind_proxies_the_last_foreign_hop_counts(
    behind_proxies: None, forwarded: str | None, expected: str
) -> None:
    assert address(forwarded) == expected


def test_a_client_that_is_no_proxy_of_ours_cannot_claim_another_address(
    behind_proxies: None,
) -> None:
    assert address("203.0.113.9", remote="198.51.100.1") == "198.51.100.1"


def test_a_socket_without_an_address_is_nobodys(ask: Any, seen: list[Context]) -> None:
    ask(REMOTE_ADDR="")
    assert seen[0].address == ""


# --- Bodies and answers ---------------------------------------------------------------------------


def limited(length: Any) -> HttpResponse:
    request = RequestFactory().get("/api/v1/x")
    request.META["CONTENT_LENGTH"] = length
    return BodyLimitMiddleware(lambda request: HttpResponse("in"))(request)


@pytest.mark.parametrize("length", ["", None, "0", 0, "6000000", "000005"])
def test_a_body_of_a_sound_length_comes_in(length: Any) -> None:
    assert limited(length).content == b"in"


@pytest.mark.parametrize("length", ["6000001", "9" * 18, "9" * 5_000, 7_000_000])
def test_a_large_body_stays_out_unread(length: Any) -> None:
    response = limited(length)
    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("length", ["-1", "two", "1.5", "1e3", " 5", "0x10", "+5"])
def test_a_length_is_a_number(length: str) -> None:
    assert limited(length).status_code == 400


def test_a_body_without_a_length_is_not_taken_for_none() -> None:
    request = RequestFactory().generic("PATCH", "/api/v1/x", HTTP_TRANSFER_ENCODING="chunked")
    request.META.pop("CONTENT_LENGTH", None)
    assert BodyLimitMiddleware(lambda request: HttpResponse("in"))(request).status_code == 411


def headers_of(path: str, response: HttpResponse | None = None) -> HttpResponse:
    answer = response or HttpResponse()
    return ResponseHeadersMiddleware(lambda request: answer)(RequestFactory().get(path))


def test_answers_are_not_kept_and_files_are() -> None:
    assert headers_of("/api/v1/x")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in headers_of("/static/x.css")
    assert headers_of("/", HttpResponse(headers={"Cache-Control": "private"}))["Cache-Control"] == (
        "private"
    )


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/api/v1/x", "'none'"), ("/admin/", "'self'"), ("/docs", "'self'"), ("/nowhere", "'none'")],
)
def test_a_page_loads_only_what_it_needs(path: str, allowed: str) -> None:
    policy = headers_of(path)["Content-Security-Policy"]
    assert policy.startswith(f"default-src {allowed};")
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.replace("style-src 'self' 'unsafe-inline'", "")


def test_a_path_that_is_a_star_is_answered_too() -> None:
    request = RequestFactory().generic("OPTIONS", "/")
    request.path_info = "*"
    answer = ResponseHeadersMiddleware(lambda request: HttpResponse())(request)
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_another_host_name_is_refused() -> None:
    request = RequestFactory().get("/admin/", HTTP_HOST="evil.example")
    response = ResponseHeadersMiddleware(lambda request: HttpResponse("in"))(request)
    assert response.status_code == 400
    assert b"bad_host" in response.content


@pytest.mark.parametrize(("path", "status"), [("/api/v1/x", 403), ("/compat/x", 403), ("/", 200)])
def test_secrets_do_not_travel_in_the_open(settings: Any, path: str, status: int) -> None:
    settings.TLS = True
    assert headers_of(path).status_code == status
