"""Somebody is archived: the back office asks who takes over their open work."""

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin_forms import NOBODY, successors
from accounts.admin_pages import done, form_page
from accounts.models import User
from crm.base.registry import archive_guards


class LeavingForm(forms.Form):
    """A person or nobody, but somebody has to say."""

    successor = forms.ChoiceField(
        label=_("Successor"), choices=successors, widget=UnfoldAdminSelectWidget
    )

    def chosen(self) -> User | None:
        """Return the successor; None for nobody."""
        pk = self.cleaned_data["successor"]
        return None if pk == NOBODY else User.objects.get(pk=pk)


def leaving_page(site: AdminSite, request: HttpRequest, user: User) -> HttpResponseBase:
    """Archive somebody who has open work, once it is said who takes it over."""
    form = LeavingForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _leave(form, user):
        messages.success(request, _("%(user)s is archived.") % {"user": user})
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))
    intro = " ".join(str(reason) for reason in archive_guards.ask(user))
    context = {"title": _("Archive"), "intro": intro, "opts": User._meta, "original": user}
    return form_page(site, request, form, button=_("Archive"), **context)


def _leave(form: LeavingForm, user: User) -> bool:
    def archive() -> None:
        User.objects.lock_admins()
        leaving = User.objects.get(pk=user.pk)
        leaving.successor = form.chosen()
        leaving.archive(confirmed=True)

    return done(form, archive)
