"""Whatever goes wrong in the back office is told on a page in its own looks."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from crm.base.api.problem_pages import problem_response
from crm.base.api.problems import problem

PROBLEM = "application/problem+json"


class ErrorPages:
    """Middleware that shows problems under /admin/ to people instead of programs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.deactivate()  # the thread still speaks the last reader's language
        response = self.get_response(request)
        if request.path_info.startswith("/admin"):
            if response.status_code == 405:
                told = problem(405, "method_not_allowed", _("This page is not called like this."))
                show(request, response, told)
            elif response.get("Content-Type") == PROBLEM:
                show(request, response, json.loads(response.content))
        return response


def show(request: HttpRequest, response: HttpResponse, told: dict[str, Any]) -> None:
    """Make ``response`` the page that tells of the problem ``told``."""
    response.content = error_page(request, told)
    response["Content-Type"] = "text/html; charset=utf-8"


def error_page(request: HttpRequest, told: dict[str, Any]) -> str:
    """Return the page that tells of the problem ``told``.

    A request refused early has no user yet, and after a failure of ours the database may be
    what fails: then the page is built for nobody.
    """
    if told["status"] >= 500 or not hasattr(request, "user"):
        request.user = AnonymousUser()
    context = {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": request.user.is_authenticated,
        "title": told["detail"],
        "problem": told,
    }
    return render_to_string("back_office/error.html", context, request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token: mostly one that was open while somebody signed in."""
    detail = _("This page was open for too long. Go back, load it anew and try again.")
    return problem_response(403, "csrf_failed", detail)
