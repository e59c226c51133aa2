"""The back office of leads."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from crm.base.back_office.archive import ArchivableAdmin
from crm.base.back_office.exports import ExportMixin
from crm.base.back_office.lists import badge, without
from crm.base.back_office.pickers import PickingAdmin
from crm.base.back_office.submissions import submission_of
from crm.base.errors import NeedsConfirmation
from crm.base.readable import moment
from leads import admin_filters, admin_steps
from leads.admin_buttons import LeadButtons
from leads.admin_columns import CHANNELS, COLOURS, contact, person, value
from leads.admin_panels import panels_of
from leads.choices import Status
from leads.matching import duplicates
from leads.models import Lead, Process
from leads.rights import ASSIGN, OVERSEE
from leads.serializers import LeadSerializer

__all__ = ["LeadAdmin", "admin_steps"]

FILTERS = (
    *(admin_filters.RestingFilter, admin_filters.StatusFilter, admin_filters.ChannelFilter),
    *(admin_filters.AttentionFilter, admin_filters.StaleFilter, admin_filters.CustomerFilter),
    *(admin_filters.CreatedFromFilter, admin_filters.CreatedUntilFilter),
)
OVERSEEING = (admin_filters.AssigneeFilter, admin_filters.CreatorFilter)


@admin.register(Lead)
class LeadAdmin(ExportMixin, PickingAdmin, LeadButtons):
    actions = (*LeadButtons.actions, *ExportMixin.EXPORTS)
    exported_as, exported_by = "leads", LeadSerializer
    list_display = ("lead", "stage", "channel_shown", "worth", "next_step", "owner", "created_on")
    list_filter = (*FILTERS, *OVERSEEING)
    list_select_related = ("created_by", "assigned_to")
    sortable_by = ("created_on",)
    search_help_text = _("Name, email, phone, Instagram")
    change_form_template = "leads/change_form.html"
    autocomplete_fields = ("customer", "assigned_to")
    readonly_fields = (
        *("status", "status_changed_at", "touched_at"),
        *ArchivableAdmin.readonly_fields,
    )
    fieldsets = (
        (_("Prospect"), {"fields": ("name", "customer", "email", "phone", "instagram")}),
        (
            _("Pipeline"),
            {
                "fields": (
                    *(("status", "status_changed_at"), ("channel", "assigned_to")),
                    *(("expected_value", "currency"), "source_url"),
                )
            },
        ),
        (_("Notes"), {"fields": ("sales_notes", "admin_notes")}),
        (_("Record"), {"fields": ("created", "changed", "touched_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what may be seen; for the list with what happens next."""
        leads = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "leads_lead_changelist":
            steps = Process.objects.filter(next_followup_at__isnull=False).open()
            ordered = steps.order_by("next_followup_at")
            return leads.prefetch_related(Prefetch("processes", ordered, "next_steps"))
        return leads

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self.list_filter if request.user.has_perm(OVERSEE) else FILTERS

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        hidden = set() if request.user.has_perm(OVERSEE) else {"owner"}
        return without(super().get_list_display(request), hidden)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        """Leave out the assignee, whom only those who may assign can set."""
        hidden = set() if request.user.has_perm(ASSIGN) else {"assigned_to"}
        return [
            (title, {**options, "fields": without(options["fields"], hidden)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        offered = super().get_actions_detail(request, object_id)
        is_won = self.get_object(request, unquote(str(object_id))).status == Status.CLOSED
        return [each for each in offered if not (is_won and each.path == "convert")]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write the lead; a new one that may be there twice only when that was seen."""
        found = duplicates(obj, request.user) if not change else ()
        submission_of(request).prepared["duplicates"] = found
        if any(found) and "confirmed" not in request.POST:
            raise NeedsConfirmation([_("Somebody has this email or phone already.")])
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        lead = options.get("obj")
        if lead:
            context |= panels_of(lead, request.user)
            context["verbs"], context["actions_detail"] = self.verbs_apart(
                context.get("actions_detail", [])
            )
        context.setdefault("duplicates", submission_of(request).prepared.get("duplicates"))
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("lead"))
    def lead(self, lead: Lead) -> str:
        ways = '<span class="block font-normal text-subtle">{}</span>'
        return format_html(f'<span class="block name">{{}}{ways}</span>', lead, contact(lead))

    @badge(_("status"), COLOURS)
    def stage(self, lead: Lead) -> tuple[str, str]:
        return lead.status, lead.get_status_display()

    @admin.display(description=_("channel"))
    def channel_shown(self, lead: Lead) -> str:
        return str(CHANNELS[lead.channel])

    @admin.display(description=_("expected value"))
    def worth(self, lead: Lead) -> str | None:
        return value(lead) or None

    @admin.display(description=_("next step"))
    def next_step(self, lead: Any) -> str | None:
        return moment(lead.next_steps[0].next_followup_at, None) if lead.next_steps else None

    @admin.display(description=_("assigned to"))
    def owner(self, lead: Lead) -> str:
        return person(lead.assigned_to)
