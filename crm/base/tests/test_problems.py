"""Errors have one shape, and a defect of ours tells nobody anything but its number."""

import errno
import json
from typing import Any

import pytest
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import IntegrityError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404
from django.test import Client
from rest_framework import exceptions

from crm.base.api.field_errors import flatten, flatten_validation
from crm.base.api.problems import describe, handle, problem
from crm.base.api.refusals import BadRequest, PreconditionFailed, TooLarge
from crm.base.context import acting
from crm.base.errors import Conflict, Forbidden, NeedsConfirmation, RuleError, StaleRecord, invalid
from crm.base.limits import TooMany

MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "errors"}

KNOWN: list[tuple[Exception, int, str]] = [
    (BadRequest("No.", field="q"), 400, "bad_request"),
    (exceptions.ParseError("No.", code="malformed"), 400, "malformed"),
    (SuspiciousOperation("/etc/passwd"), 400, "bad_request"),
    (exceptions.NotAuthenticated(), 401, "not_authenticated"),
    (exceptions.AuthenticationFailed(), 401, "authentication_failed"),
    (exceptions.PermissionDenied(), 403, "permission_denied"),
    (PermissionDenied("SELECT"), 403, "forbidden"),
    (Forbidden(), 403, "forbidden"),
    (Http404("Customer"), 404, "not_found"),
    (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
    (Conflict("Taken.", code="taken", fields={"email": "Taken."}), 409, "taken"),
    (RuleError(), 409, "refused"),
    (NeedsConfirmation(["Two leads are open."]), 409, "confirmation_required"),
    (IntegrityError("CHECK constraint failed: secret_name"), 409, "conflict"),
    (ProtectedError("customers_customer", set()), 409, "in_use"),
    (PreconditionFailed(), 412, "precondition_failed"),
    (StaleRecord(), 412, "stale"),
    (TooLarge(), 413, "too_large"),
    (RequestDataTooBig(), 413, "too_large"),
    (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
    (exceptions.ValidationError({"name": ["No."]}), 422, "invalid"),
    (ValidationError("No.", code="odd"), 422, "invalid"),
    (TooMany(7.9), 429, "rate_limited"),
    (OperationalError("database is locked"), 503, "unavailable"),
    (OSError(errno.ENOSPC, "/data/media"), 507, "storage_full"),
]


@pytest.mark.parametrize(
    ("error", "status", "code"), KNOWN, ids=[type(error).__name__ for error, _, _ in KNOWN]
)
def test_every_kind_of_error_has_the_one_shape(error: Exception, status: int, code: str) -> None:
    body, _ = describe(error)
    assert body is not None
    assert set(body) >= MEMBERS
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    for secret in ("SELECT", "passwd", "constraint", "locked", "/data", "Customer"):
        assert secret not in json.dumps(body)


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError(), OSError(errno.EIO, "x")])
def test_what_is_a_defect_of_ours_is_not_explained_away(error: Exception) -> None:
    assert describe(error) == (None, {})
    assert handle(error, {}) is None


def test_it_names_the_fields() -> None:
    body, _ = describe(Conflict(code="taken", fields={"email": "Another has it."}))
    assert body
    assert body["errors"] == [{"field": "email", "code": "taken", "detail": "Another has it."}]
    body, _ = describe(BadRequest("No.", field="page_size", code="bad_value"))
    assert body
    assert body["errors"] == [{"field": "page_size", "code": "bad_value", "detail": "No."}]


def test_reasons_to_confirm_are_listed() -> None:
    body, _ = describe(NeedsConfirmation(["Two leads are open.", "One invoice is unpaid."]))
    assert body
    assert body["reasons"] == ["Two leads are open.", "One invoice is unpaid."]


def test_it_says_when_to_come_back() -> None:
    assert describe(TooMany(7.1))[1] == {"Retry-After": "8"}
    assert describe(TooMany(0.2))[1] == {"Retry-After": "1"}
    assert describe(OperationalError())[1] == {"Retry-After": "5"}


@pytest.mark.parametrize("error", [error for error, _, _ in KNOWN], ids=lambda e: type(e).__name__)
def test_what_a_caller_changes_changes_no_later_answer(error: Exception) -> None:
    first = describe(error)[1]
    before = dict(first)
    first.clear()
    assert describe(error)[1] == before


def test_it_carries_the_number_of_the_request() -> None:
    with acting(request_id="request-1"):
        assert problem(404, "not_found", "Not found.")["request_id"] == "request-1"


def test_it_answers_as_a_problem_document() -> None:
    response = handle(Http404(), {})
    assert response is not None
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"


def test_nested_errors_are_rows_with_paths() -> None:
    error = exceptions.ValidationError(
        {
            "name": [exceptions.ErrorDetail("No.", "blank")],
            "lines": [{}, {"price": [exceptions.ErrorDetail("Odd.", "invalid")]}],
            "non_field_errors": [exceptions.ErrorDetail("Neither.", "both")],
        }
    )
    assert flatten(error.get_full_details()) == [
        {"field": "name", "code": "blank", "detail": "No."},
        {"field": "lines.1.price", "code": "invalid", "detail": "Odd."},
        {"field": "", "code": "both", "detail": "Neither."},
    ]


def test_the_errors_of_models_are_the_same_rows() -> None:
    assert flatten_validation(invalid("age", "Too old.", "too_old")) == [
        {"field": "age", "code": "too_old", "detail": "Too old."}
    ]
    assert flatten_validation(ValidationError("Neither.")) == [
        {"field": "", "code": "invalid", "detail": "Neither."}
    ]


# --- A defect, seen from outside ------------------------------------------------------------------

SECRET = "SELECT secret FROM /srv/crm/users"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, as_sam: Any) -> Client:
    """A signed-in client of an API whose customers are broken; the contract knows no 500."""

    def defect(*args: Any, **options: Any) -> None:
        raise RuntimeError(SECRET)

    for action in ("list", "create"):
        monkeypatch.setattr(f"customers.views.CustomerViewSet.{action}", defect)
    token = as_sam._credentials["HTTP_AUTHORIZATION"]
    return Client(raise_request_exception=False, headers={"Authorization": token})


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_defect_leaks_nothing_but_its_number(broken: Client, method: str) -> None:
    send = getattr(broken, method)
    headers = {"X-Request-ID": "request-1"}
    response = send("/api/v1/customers", content_type="application/json", headers=headers)
    assert response.status_code == 500
    body = response.json()
    assert set(body) == MEMBERS
    assert (body["code"], body["request_id"]) == ("server_error", "request-1")
    assert response["X-Request-ID"] == "request-1"
    assert response["Content-Type"] == "application/problem+json"
    text = f"{response.content!r} {response.headers}"
    for leak in (SECRET, "SELECT", "Traceback", "RuntimeError", ".py", "Django", "Python"):
        assert leak not in text


def test_its_number_leads_to_it_in_the_log(broken: Client, log: Any) -> None:
    broken.get("/api/v1/customers", headers={"X-Request-ID": "request-1"})
    (line,) = [line for line in log() if "exception" in line]
    assert line["request_id"] == "request-1"
    assert line["level"] == "ERROR"
    assert SECRET in line["exception"]
