"""Pages of one lead on which something is done to it, and which lead back to the page before."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from crm.base.back_office.submissions import REFUSALS, reasons, submission_of
from crm.base.storing.unit_of_work import unit_of_work
from leads.admin_conversion import ConvertForm
from leads.admin_forms import AssignForm, LeadVerb, LogForm, MoveForm, StepForm
from leads.lead import Lead


@dataclass(frozen=True)
class LeadPage:
    """A page with a small form: what it is called, what its button says, what it explains."""

    form: type[LeadVerb]
    title: Any
    button: Any
    intro: Any = ""


LOG = LeadPage(
    LogForm,
    _("Log what was done"),
    _("Log"),
    _("A call or a message moves the next step a week on; a note leaves it as it is."),
)
STEP = LeadPage(StepForm, _("Set the next step"), _("Set"))
MOVE = LeadPage(MoveForm, _("Move to another status"), _("Move"))
ASSIGN = LeadPage(AssignForm, _("Assign"), _("Assign"))
CONVERT = LeadPage(
    ConvertForm,
    _("Convert into a customer"),
    _("Convert"),
    _("The lead is closed as won, and its customer is the one chosen here."),
)


def lead_page(
    model_admin: Any, request: HttpRequest, object_id: str, page: LeadPage
) -> HttpResponseBase:
    """Show the page's form for a lead, or do what was POSTed and go back."""
    lead: Lead = model_admin.get_object(request, unquote(object_id))
    back = way_back(request, lead)
    if request.method != "POST":
        form = page.form(lead, request.user, initial=_initial(lead, request))
        return _shown(model_admin, request, page, form, back)
    form = page.form(lead, request.user, request.POST)
    if form.is_valid():
        if isinstance(form, MoveForm) and form.must_convert():
            return HttpResponseRedirect(
                f"{verb_address(lead, 'convert')}?{urlencode({'back': back})}"
            )
        find = partial(model_admin.get_object, request, unquote(object_id))
        if _done(request, form, lambda: form.run(find())):
            return HttpResponseRedirect(back)
    return _shown(model_admin, request, page, form, back)


def _initial(lead: Lead, request: HttpRequest) -> dict[str, Any]:
    """Return what the form begins with: what is stored, and a status the address may name."""
    step = lead.processes.open().order_by("-pk").first()
    return {
        "status": request.GET.get("status", lead.status),
        "assigned_to": lead.assigned_to_id,
        "next_followup_at": step and step.next_followup_at,
        "version": lead.version,
    }


def _done(request: HttpRequest, form: forms.BaseForm, work: Any) -> bool:
    """Do it in one unit of work and say so; a refusal becomes errors of the form."""
    try:
        told = unit_of_work(work)
    except REFUSALS as error:
        submission_of(request).refusal = error
        for name, text in reasons(error):
            form.add_error(name if name in form.fields else None, text)
        return False
    messages.success(request, told)
    return True


def _shown(
    model_admin: Any, request: HttpRequest, page: LeadPage, form: LeadVerb, back: str
) -> TemplateResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": page.title,
        "subtitle": str(form.lead),
        "opts": Lead._meta,
        "original": form.lead,
        "intro": page.intro,
        "button": page.button,
        "form": form,
        "media": form.media,
        "back": back,
    }
    return TemplateResponse(request, "leads/verb.html", context)


def way_back(request: HttpRequest, lead: Lead) -> str:
    """Return where one came from: a page of the back office, or else the lead's own."""
    given = request.POST.get("back") or request.GET.get("back") or ""
    is_ours = given.startswith(reverse("admin:index"))
    if is_ours and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return given
    return reverse("admin:leads_lead_change", args=[lead.pk])


def verb_address(lead: Lead, path: str) -> str:
    return f"{reverse('admin:leads_lead_changelist')}{lead.pk}/{path}/"
