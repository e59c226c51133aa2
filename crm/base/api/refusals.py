"""Refusals that only make sense over HTTP: the request itself is at fault, not what it asks."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from crm.base.errors import StaleRecord


class BadRequest(exceptions.APIException):
    """The request itself cannot be understood: a query parameter, a header."""

    status_code = 400
    default_code = "bad_request"

    def __init__(self, detail: Any, *, field: str = "", code: str = "bad_request") -> None:
        super().__init__(detail, code)
        self.field = field


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = StaleRecord.detail

    def __init__(self, current: str = "") -> None:
        super().__init__()
        self.headers = {"ETag": current} if current else {}


class PreconditionRequired(exceptions.APIException):
    """Two people may be changing this: say which version was read (RFC 6585, section 3)."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = _("Send If-Match with the ETag that you read.")


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
