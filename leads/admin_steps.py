"""The back office of what was done about leads, and of what happens next."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from crm.base.back_office.filters import ChoiceFilter
from crm.base.back_office.lists import badge, without
from crm.base.back_office.moments import MomentField, MomentsForm
from crm.base.back_office.pickers import PickingAdmin
from crm.base.back_office.records import RecordAdmin
from crm.base.readable import moment
from leads.admin_columns import STEP_COLOURS, person
from leads.admin_filters import DueFilter, LeadFilter, OwnerFilter, WhenFilter
from leads.choices import ActionType
from leads.models import Action, Process
from leads.rights import OVERSEE

SHORT = 80


class TypeWidget(UnfoldAdminTextInputWidget):
    """Any word; the usual ones are offered."""

    template_name = "leads/type_widget.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "list": "action-types"})
        return {**context, "types": ActionType.choices}


class ActionForm(MomentsForm):
    occurred_at = MomentField(label=_("When"))


class ProcessForm(MomentsForm):
    next_followup_at = MomentField(
        label=_("Next follow-up"), required=False, help_text=_("Empty: in a week.")
    )


class StepAdmin(PickingAdmin):
    """What belongs to a lead, and stays with it."""

    search_fields = ()
    autocomplete_fields = ("lead",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = ("lead",) if obj and obj.lead_id else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    @admin.display(description=_("lead"))
    def of_lead(self, step: Any) -> str | None:
        if step.lead is None:
            return None
        address = reverse("admin:leads_lead_change", args=[step.lead_id])
        link = '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>'
        return format_html(link, address, step.lead)


@admin.register(Action)
class ActionAdmin(StepAdmin):
    list_display = ("__str__", "of_lead", "told", "happened")
    list_filter = (WhenFilter, LeadFilter)
    list_select_related = ("created_by", "lead")
    sortable_by = ("happened",)
    form = ActionForm
    fieldsets = (
        (None, {"fields": ("lead", "action_type", "occurred_at", "details")}),
        (_("Record"), {"fields": ("created", "changed")}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let people correct what they noted themselves."""
        may = super().has_change_permission(request, obj)
        is_own = not isinstance(obj, Action) or obj.created_by_id == request.user.pk
        return may and (is_own or request.user.has_perm(OVERSEE))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "action_type":
            return forms.CharField(
                label=_("Type"), max_length=db_field.max_length, widget=TypeWidget
            )
        return super().formfield_for_dbfield(db_field, request, **options)

    @admin.display(description=_("details"))
    def told(self, step: Action) -> str:
        return Truncator(step.details).chars(SHORT)

    @admin.display(description=_("when"), ordering="occurred_at")
    def happened(self, step: Action) -> str:
        return moment(step.occurred_at, step.created_by)


class StepStatusFilter(ChoiceFilter):
    title = _("status")
    parameter_name = "status"


@admin.register(Process)
class ProcessAdmin(StepAdmin):
    list_display = ("__str__", "of_lead", "due", "stage", "assignee")
    list_filter = (DueFilter, StepStatusFilter, LeadFilter, OwnerFilter)
    list_select_related = ("lead", "owner")
    form = ProcessForm
    readonly_fields = ("last_action", *RecordAdmin.readonly_fields)
    fieldsets = (
        (None, {"fields": ("lead", "name", "channel", "next_followup_at", "status")}),
        (_("Record"), {"fields": ("last_action", "created", "changed")}),
    )

    def get_ordering(self, request: HttpRequest) -> Any:
        """Sort what is due by its date, the overdue first."""
        return ("next_followup_at", "id") if request.GET.get("due") else self.ordering

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self.list_filter if request.user.has_perm(OVERSEE) else self.list_filter[:-1]

    def get_list_display(self, request: HttpRequest) -> Any:
        hidden = set() if request.user.has_perm(OVERSEE) else {"assignee"}
        return without(super().get_list_display(request), hidden)

    @admin.display(description=_("next follow-up"))
    def due(self, step: Process) -> str | None:
        return moment(step.next_followup_at, None) if step.next_followup_at else None

    @badge(_("status"), STEP_COLOURS)
    def stage(self, step: Process) -> tuple[str, str]:
        return step.status, step.get_status_display()

    @admin.display(description=_("assigned to"))
    def assignee(self, step: Process) -> str:
        return person(step.owner)
