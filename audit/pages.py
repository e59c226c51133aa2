"""The audit trail in the back office."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.feed import FeedPage
from audit.reading import in_words
from audit.standing import standing
from audit.trail_form import TrailForm
from audit.views import VIEW
from crm.base.api.refusals import BadRequest

SEALS = "audit.view_seal"


def trail_page(site: AdminSite, request: HttpRequest) -> HttpResponseBase:
    """Show who changed what, and what else happened; a question with a mistake shows nothing."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    form = TrailForm(request.user, request.GET)
    try:
        answer = answered(form, request) if form.is_valid() else {}
    except BadRequest:
        messages.warning(request, _("This page is not there any more. This is the newest."))
        return HttpResponseRedirect(request.path)
    context = {
        **site.each_context(request),
        "title": _("Audit trail"),
        "form": form,
        "entries": in_words(answer.get("results", []), request.user),
        "newer": answer.get("previous"),
        "older": answer.get("next"),
        "is_narrowed": bool(form.is_valid() and form.question()),
        "standing": standing() if request.user.has_perm(SEALS) else None,
    }
    return TemplateResponse(request, "audit/trail.html", context)


def answered(form: TrailForm, request: HttpRequest) -> dict[str, Any]:
    page = FeedPage(form.question(), request.user, request.GET)
    return page.answer(request.path, page.entries)
