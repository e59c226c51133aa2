"""Logs are one JSON object a line, found by the request's id, and nothing in them is personal."""

import json
import logging
import sys
from typing import Any

import pytest

from crm.base.context import acting
from crm.base.logs import JSONFormatter

PERSON = {
    "name": "Clementina",
    "surname": "Arosemena",
    "email": "clementina@example.org",
    "phone": "+584127654321",
    "tax_id": "V-98765432",
    "address": "Avenida Libertador",
}
PASSWORD = "a password in no log"


def line_of(message: str, *args: Any, **extra: Any) -> dict[str, Any]:
    record = logging.getLogger("crm").makeRecord(
        "crm", logging.INFO, "file.py", 1, message, args, None, extra=extra
    )
    text = JSONFormatter().format(record)
    assert "\n" not in text
    line: dict[str, Any] = json.loads(text)
    return line


def test_a_line_tells_when_where_and_of_which_request() -> None:
    with acting(request_id="request-1"):
        line = line_of("it took %d rows", 5, rows=5)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "crm",
        "message": "it took 5 rows",
        "request_id": "request-1",
        "rows": 5,
    }


@pytest.mark.parametrize(
    "text", ['a\r\n{"level": "ERROR"}', "a\u2028b\x85c", 'a"b\\', "\ud800", "\x1b[31m"]
)
def test_text_cannot_forge_a_line(text: str) -> None:
    assert line_of("said %s", text, said=text)["said"] == text


def test_what_json_does_not_know_is_written_as_text() -> None:
    assert line_of("x", thing=object)["thing"] == "<class 'object'>"


def test_an_exception_is_in_the_line() -> None:
    try:
        raise ValueError("odd")
    except ValueError:
        record = logging.getLogger("crm").makeRecord(
            "crm", logging.ERROR, "file.py", 1, "failed", (), sys.exc_info()
        )
    line = json.loads(JSONFormatter().format(record))
    assert "ValueError: odd" in line["exception"]


@pytest.mark.parametrize(
    ("message", "args", "expected"),
    [
        ("%s: %s", ("Not Found", "/by-phone/0412"), "Not Found"),
        (
            "Forbidden (%s): %s",
            ("CSRF cookie not set.", "/ana"),
            "Forbidden (CSRF cookie not set.)",
        ),
        ("The field ana%sa cannot be referenced.", (), "crm"),
        ('"%s" %s %s', ("GET /?search=ana HTTP/1.1", "200", "5"), "crm"),
    ],
)
def test_the_line_of_a_framework_leaves_out_the_path(
    message: str, args: tuple[Any, ...], expected: str
) -> None:
    assert line_of(message, *args, request="the request")["message"] == expected


def test_every_request_leaves_one_line_that_names_the_route_only(as_sam: Any, log: Any) -> None:
    as_sam.get("/api/v1/customers/by-phone/04127654321", HTTP_X_REQUEST_ID="request-1")
    (line,) = [line for line in log() if line["logger"] == "crm.requests"]
    assert (line["method"], line["status"], line["request_id"]) == ("GET", 404, "request-1")
    assert "by-phone" in line["route"]
    assert isinstance(line["milliseconds"], float)
    assert line["user_id"] == int(as_sam.get("/api/v1/auth/me").json()["id"])


def test_nothing_personal_is_logged(as_sam: Any, api: Any, log: Any) -> None:
    customers = "/api/v1/customers"
    path = as_sam.post(customers, PERSON).headers["Location"]
    as_sam.post(customers, PERSON)  # taken
    as_sam.post(customers, PERSON | {"age": "Clementina"})
    as_sam.post(customers, data='{"name": "Clementina', content_type="application/json")
    as_sam.patch(path, {"city": "Arosemena"}, HTTP_IF_MATCH="clementina@example.org")
    as_sam.get(customers, {"search": "Clementina Arosemena"})
    as_sam.get(customers, {"email": PERSON["email"], "Clementina": "Arosemena"})
    as_sam.get(f"{customers}/by-phone/{PERSON['phone']}")
    as_sam.get(f"{customers}/by-phone/04127654321/nothing")
    as_sam.get(f"{customers}/Clementina")
    as_sam.get(f"{path}/history")
    api.get("/admin/customers/customer/?q=Clementina")
    api.post("/api/v1/auth/login", {"username": "clementina", "password": PASSWORD})
    tokens = api.post(
        "/api/v1/auth/login", {"username": "sam", "password": "correct horse battery staple"}
    ).json()
    api.get("/api/v1/auth/me", HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}x")
    as_sam.delete(path)
    text = json.dumps(log()).lower()
    assert text.count('"status":') >= 15
    secrets = [*PERSON.values(), "04127654321", PASSWORD, "correct horse", *tokens.values()]
    secrets += [as_sam._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")]
    found = [secret for secret in secrets if len(str(secret)) > 6 and str(secret).lower() in text]
    assert not found
