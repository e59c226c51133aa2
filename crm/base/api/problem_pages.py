"""Problems answered outside Django REST framework: by middleware and Django's error handlers."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from crm.base.api.problems import problem


def problem_response(status: int, code: str, detail: Any, **headers: str) -> JsonResponse:
    """Answer with a problem outside Django REST framework."""
    return JsonResponse(
        problem(status, code, detail),
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )


def not_found(
    request: HttpRequest, exception: Exception | None = None, rest: str = ""
) -> JsonResponse:
    return problem_response(404, "not_found", _("Not found."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return problem_response(400, "bad_request", _("The request cannot be understood."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return problem_response(403, "forbidden", _("You may not do this."))


def server_error(request: HttpRequest) -> JsonResponse:
    return problem_response(500, "server_error", _("Something went wrong here, not at your end."))
