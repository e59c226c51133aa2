"""The back office of the technical tables that people need to read."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from crm.base.back_office.filters import ChoiceFilter, Choices, CreatedFilter
from crm.base.back_office.lists import BoundedListMixin, badge
from crm.base.models import SecurityEvent
from crm.base.outbox.admin import NoticeAdmin
from crm.base.readable import NOTHING, details, source_label
from crm.base.trail.event_kinds import COLOURS, KINDS, title

__all__ = ["NoticeAdmin", "SecurityEventAdmin"]


class KindFilter(ChoiceFilter):
    title = _("event")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(kind, label) for kind, (label, _colour) in KINDS.items()]


class WhenFilter(CreatedFilter):
    title = _("when")
    parameter_name = "when"
    field = "occurred_at"


@admin.register(SecurityEvent)
class SecurityEventAdmin(BoundedListMixin, ModelAdmin):
    """Sign-ins and refusals. Who may read them says the table of roles; nobody changes them."""

    list_display = ("occurred_at", "event", "actor_name", "address", "came_by")
    list_filter = (KindFilter, WhenFilter)
    search_fields = ("=actor_name", "=address")
    search_help_text = _("A name or an address, in full")
    fields: Sequence[str] = (
        *("occurred_at", "label", "actor_name", "user_id", "address", "came_by", "request_id"),
        "told",
    )
    readonly_fields = ("label", "came_by", "told")
    actions = None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        return super().change_view(request, object_id, form_url, {"show_history": False})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        raise Http404  # nobody changes an event

    @badge(_("event"), COLOURS)
    def event(self, event: SecurityEvent) -> tuple[str, str]:
        return event.kind, self.label(event)

    @admin.display(description=_("event"))
    def label(self, event: SecurityEvent) -> str:
        return title(event.kind)

    @admin.display(description=_("details"))
    def told(self, event: SecurityEvent) -> str:
        return format_html_join("", "<div>{}: {}</div>", details(event.details)) or NOTHING

    @admin.display(description=_("source"))
    def came_by(self, event: SecurityEvent) -> str:
        return capfirst(source_label(event.source))
