"""What can be done to leads in the back office, by buttons of a lead's page and in bulk."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import action
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.base.back_office.archive import ArchivableAdmin
from crm.base.back_office.submissions import REFUSALS, reasons
from crm.base.back_office.verbs import button
from crm.base.storing.unit_of_work import unit_of_work
from leads import lead_pages
from leads.admin_forms import AssignForm
from leads.assignment import assign_many
from leads.lead import Lead
from leads.rights import ASSIGN, CONVERT


class LeadButtons(ArchivableAdmin):
    """Each button leads to a page with a small form."""

    actions: Sequence[Any] = ("assign_selected", *ArchivableAdmin.actions)
    verbs = ("log_action", "set_step", "move_lead", "convert_lead", "assign_lead")
    actions_detail: Sequence[str] = (*verbs, *ArchivableAdmin.actions_detail)

    def verbs_apart(self, offered: list[Any]) -> tuple[list[Any], list[Any]]:
        """Return the buttons of the day's work, and the others: the header has room for those."""
        titles = {self.get_unfold_action(name).description for name in self.verbs}
        verbs = [each for each in offered if each["title"] in titles]
        return verbs, [each for each in offered if each not in verbs]

    def has_assign_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(ASSIGN)

    def has_convert_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(CONVERT)

    @button(_("Log"), path="log", icon="call", permission="change")
    def log_action(self, request: HttpRequest, object_id: str) -> Any:
        return lead_pages.lead_page(self, request, object_id, lead_pages.LOG)

    @button(_("Next step"), path="step", icon="event", permission="change")
    def set_step(self, request: HttpRequest, object_id: str) -> Any:
        return lead_pages.lead_page(self, request, object_id, lead_pages.STEP)

    @button(_("Move"), path="move", icon="swap_horiz", permission="change")
    def move_lead(self, request: HttpRequest, object_id: str) -> Any:
        return lead_pages.lead_page(self, request, object_id, lead_pages.MOVE)

    @button(_("Convert"), path="convert", icon="handshake", permission="convert")
    def convert_lead(self, request: HttpRequest, object_id: str) -> Any:
        return lead_pages.lead_page(self, request, object_id, lead_pages.CONVERT)

    @button(_("Assign"), path="assign", icon="person_add", permission="assign")
    def assign_lead(self, request: HttpRequest, object_id: str) -> Any:
        return lead_pages.lead_page(self, request, object_id, lead_pages.ASSIGN)

    @action(description=_("Assign"), permissions=["assign"])
    def assign_selected(self, request: HttpRequest, queryset: QuerySet[Lead]) -> Any:
        """Ask to whom, and give them all the selected leads, or none."""
        leads = list(queryset.order_by("pk"))
        given = request.POST if "assigned_to" in request.POST else None
        form = AssignForm(Lead(), request.user, given)
        if form.is_valid() and self._assigned(request, leads, form.cleaned_data["assigned_to"]):
            return HttpResponseRedirect(request.get_full_path())
        names = (ACTION_CHECKBOX_NAME, "action")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Assign"),
            "opts": self.opts,
            "records": leads,
            "repeated": [(name, value) for name in names for value in request.POST.getlist(name)],
            "form": form,
            "media": form.media,
            "button": _("Assign"),
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "leads/verb.html", context)

    def _assigned(self, request: HttpRequest, leads: list[Lead], person: Any) -> bool:
        try:
            count = unit_of_work(partial(assign_many, leads, person))
        except REFUSALS as error:
            for _field, text in reasons(error):
                self.message_user(request, text, messages.ERROR)
            return False
        told = ngettext("%(count)d lead assigned.", "%(count)d leads assigned.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS)
        return True
