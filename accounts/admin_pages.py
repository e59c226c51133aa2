"""Pages of the back office about one's own account, and an administrator's about a password."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin_forms import NewPasswordForm, OwnPasswordForm
from accounts.models import User
from accounts.profile_forms import ProfileForm
from crm.base.back_office.submissions import REFUSALS, reasons, submit
from crm.base.storing.unit_of_work import unit_of_work


def form_page(
    site: AdminSite, request: HttpRequest, form: forms.BaseForm, **context: Any
) -> TemplateResponse:
    """Show a form by itself; ``context`` has a ``title`` and may have ``subtitle``, ``intro``."""
    context = {**site.each_context(request), "form": form, "media": form.media, **context}
    return TemplateResponse(request, "back_office/form.html", context)


def profile_page(site: AdminSite, request: HttpRequest) -> HttpResponseBase:
    """One's own email, phone, language, time zone, and what one is told about."""
    page = partial(_profile, site, request)
    return submit(request, page) if request.method == "POST" else page()


def _profile(site: AdminSite, request: HttpRequest) -> HttpResponseBase:
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm.of(request)(request.POST or None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return HttpResponseRedirect(request.path)
    return form_page(site, request, form, title=_("My profile"), subtitle=user.username)


def own_password_page(site: AdminSite, request: HttpRequest) -> HttpResponseBase:
    """Changes one's own password: this session stays, every other one ends."""
    user = User.objects.get(pk=request.user.pk)
    form = OwnPasswordForm(user, request.POST or None)
    if form.is_valid() and _store(form):
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Every other session has ended."))
        return HttpResponseRedirect(reverse("admin:index"))
    context = {"title": _("Change password"), "username": user.username}
    return limited(form_page(site, request, form, **context), form.wait)


def set_password_page(site: AdminSite, request: HttpRequest, user: User) -> HttpResponseBase:
    """Sets somebody's password, for an administrator; all sessions of theirs end."""
    form = NewPasswordForm(user, request.POST or None)
    if form.is_valid() and _store(form):
        if user.pk == request.user.pk:
            update_session_auth_hash(request, user)
        messages.success(
            request, _("The password is set. All sessions of %(user)s have ended.") % {"user": user}
        )
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))
    intro = _("They are signed out everywhere. Tell them the new password in person.")
    context = {"title": _("Set password"), "intro": intro, "opts": User._meta, "original": user}
    context["username"] = user.username
    return form_page(site, request, form, **context)


def _store(form: NewPasswordForm) -> bool:
    return done(form, partial(form.user.change_password, form.hashed))


def done(form: forms.Form, work: Callable[[], Any]) -> bool:
    """Do it in one unit of work; a refusal becomes the form's error."""
    try:
        unit_of_work(work)
    except REFUSALS as error:
        for _field, text in reasons(error):
            form.add_error(None, text)
        return False
    return True


Answer = TypeVar("Answer", bound=HttpResponseBase)


def limited(response: Answer, wait: float) -> Answer:
    """Make ``response`` a 429 when somebody has to ``wait`` that many seconds."""
    if wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(int(wait))
    return response
