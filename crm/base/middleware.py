"""What every request passes, the API's included: so it is short."""

import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _

from crm.base.addresses import address_of, client_address, is_proxy
from crm.base.api.problem_pages import problem_response
from crm.base.context import acting, key_id, new_request_id
from crm.base.trail.history import actor_id
from crm.base.trail.security_events import note_refusal

logger = logging.getLogger("crm.requests")
Handler = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
NO_CONTENT = 204
LONGEST_PATH = 200
MOST_DIGITS = 18  # int() refuses thousands of them with an exception
SOURCES = (("/api/", "api"), ("/compat/", "compat"), ("/admin/", "admin"))


class RequestContextMiddleware:
    """Gives every request its id, source and address, for logs, errors and history."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else new_request_id()
        if not is_proxy(address_of(request.META.get("REMOTE_ADDR", ""))):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)  # anybody could say it was https
        address = client_address(request)
        request.META["REMOTE_ADDR"] = address or "0.0.0.0"  # noqa: S104 — django-ratelimit wants one
        if request.path_info.startswith(("/api/", "/compat/")):
            # Both spellings are answered; a redirect would lose the body.
            request.path_info = request.path_info.rstrip("/")
        path = request.path_info
        source = next((name for prefix, name in SOURCES if path.startswith(prefix)), "api")
        with acting(source=source, request_id=request_id, address=address, actor=None, reason=""):
            started = time.perf_counter()
            response = self.get_response(request)
            log(request, response, time.perf_counter() - started)
            if response.status_code == HTTPStatus.FORBIDDEN:
                # As it was sent: decoded, it may hold what no database stores.
                path = escape_uri_path(request.path_info)[:LONGEST_PATH]
                note_refusal(method=request.method, path=path)
        response["X-Request-ID"] = request_id
        return response


def log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Log the request by its route: the path itself may hold a phone or a name."""
    route = request.resolver_match.route if request.resolver_match else ""
    logger.info(
        "request",
        extra={
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
            "user_id": actor_id(),
            "key_id": key_id(),
        },
    )


class ResponseHeadersMiddleware:
    """Headers of every answer; refuses foreign host names, and secrets sent over plain HTTP."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path_info.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        policies = settings.CONTENT_SECURITY_POLICIES.items()
        path = request.path_info if request.path_info.startswith("/") else "/"  # "*" is a path
        policy = next(text for start, text in policies if path.startswith(start))
        response.headers.setdefault("Content-Security-Policy", policy)
        if not response.streaming and response.status_code != NO_CONTENT:
            # Without it the server sends chunks, or closes the connection to say where it ends.
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return problem_response(400, "bad_host", _("This server is known by another name."))
        carries_secrets = request.path_info.startswith(("/api/", "/compat/"))
        if settings.TLS and carries_secrets and not request.is_secure():
            return problem_response(403, "tls_required", _("Use https."))
        return self.get_response(request)


class BodyLimitMiddleware:
    """Refuses a body by its announced length, before anything reads it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            # Django reads as much as is announced: of a body in chunks, nothing.
            message = _("Send the length of the body, not the body in chunks.")
            return problem_response(411, "length_required", message)
        if not length.isdecimal():
            return problem_response(400, "bad_request", _("Content-Length is not a number."))
        if len(length) > MOST_DIGITS or int(length) > settings.UPLOAD_BODY_LIMIT:
            return problem_response(413, "too_large", _("The request is too large."))
        return self.get_response(request)
