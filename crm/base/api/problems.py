"""The one error handler: whatever goes wrong leaves as RFC 9457 ``application/problem+json``."""

import errno
import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFilesSent,
    ValidationError,
)
from django.db import IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from crm.base import errors
from crm.base.api.field_errors import flatten, flatten_validation
from crm.base.context import current
from crm.base.quotas import QuotaExceeded
from crm.base.storing.constraints import conflict_of
from crm.base.trail.security_events import note_quota

logger = logging.getLogger(__name__)
Errors = list[dict[str, str]]
Described = tuple[dict[str, Any] | None, dict[str, str]]


def problem(
    status: int, code: str, detail: Any, *, fields: Errors | None = None, **extra: Any
) -> dict[str, Any]:
    """Return the members of a problem document (RFC 9457, section 3.1)."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "code": code,
        "request_id": current().request_id,
        "errors": fields or [],
        **extra,
    }


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer ``error`` for Django REST framework.

    What its transaction wrote is undone by then: the error has left the unit of work.
    """
    body, headers = describe(error)
    if body is None:
        return None
    return Response(body, body["status"], headers=headers, content_type="application/problem+json")


def describe(error: Exception) -> Described:
    """Return the problem document and headers for ``error``; None when it is a defect of ours."""
    for kinds, answer in ANSWERS:
        if isinstance(error, kinds):
            body, headers = answer(error)
            return body, dict(headers)  # the caller's own, to change as it likes
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return problem(507, "storage_full", _("The disk is full. Try again later.")), dict(RETRY)
    return None, {}


NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
RETRY = {"Retry-After": "5"}
# RFC 6750, section 3.1: signed in, but not allowed.
TOO_WEAK = {"WWW-Authenticate": 'Bearer realm="api", error="insufficient_scope"'}


def _validation(error: Any) -> Described:
    fields = flatten_validation(error)
    detail = fields[0]["detail"] if fields else _("The values are not valid.")
    return problem(422, "invalid", detail, fields=fields), {}


def _api_exception(error: Any) -> Described:
    headers: dict[str, str] = {}
    if error.status_code == 403:
        headers |= TOO_WEAK
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))
    if isinstance(error, exceptions.ValidationError):
        fields = flatten(error.get_full_details())
        detail = fields[0]["detail"] if fields else _("The values are not valid.")
        return problem(422, "invalid", detail, fields=fields), headers
    code = error.get_codes() if isinstance(error.get_codes(), str) else error.default_code
    detail = error.detail if isinstance(error.detail, str) else error.default_detail
    told = {"field": getattr(error, "field", ""), "code": code, "detail": str(detail)}
    headers |= getattr(error, "headers", {})
    return problem(error.status_code, code, detail, fields=[told] if told["field"] else []), headers


def _conflict(error: Any) -> Described:
    fields = [
        {"field": name, "code": error.code, "detail": str(text)}
        for name, text in error.fields.items()
    ]
    return problem(409, error.code, error.detail, fields=fields, **error.extra), {}


def _database(error: Any) -> Described:
    logger.warning("database unavailable", extra={"error": type(error).__name__})
    return problem(503, "unavailable", _("The database is busy. Try again in a moment.")), RETRY


def _quota(error: Any) -> Described:
    note_quota(error.quota.limit)
    headers = {**error.quota.headers, "Retry-After": str(error.quota.resets_in)}
    return problem(429, error.code, error.detail) | error.quota.exceeded, headers


def _fixed(status: int, code: str, text: Any) -> Any:
    return lambda error: (problem(status, code, text), {})


ANSWERS: list[tuple[Any, Any]] = [
    (exceptions.APIException, _api_exception),
    (ValidationError, _validation),
    (errors.StaleRecord, lambda error: (problem(412, error.code, error.detail), {})),
    (errors.Forbidden, lambda error: (problem(403, error.code, error.detail), TOO_WEAK)),
    (QuotaExceeded, _quota),
    (errors.RuleError, _conflict),
    # A kind of IntegrityError, so before it.
    (ProtectedError, _fixed(409, "in_use", errors.Conflict.detail)),
    (IntegrityError, lambda error: _conflict(conflict_of(error))),
    (Http404, lambda error: (problem(404, "not_found", _("Not found.")), {})),
    (
        PermissionDenied,
        lambda error: (problem(403, "forbidden", errors.Forbidden.detail), TOO_WEAK),
    ),
    (
        (RequestDataTooBig, TooManyFilesSent),
        lambda error: (problem(413, "too_large", _("The request is too large.")), {}),
    ),
    (
        SuspiciousOperation,
        lambda error: (problem(400, "bad_request", _("The request cannot be understood.")), {}),
    ),
    ((OperationalError, InterfaceError), _database),
]
