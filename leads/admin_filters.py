"""Filters of the lists of leads, actions and processes in the back office."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.contrib.filters.admin.dropdown_filters import DropdownFilter

from crm.base.back_office.filters import (
    ArchivedFilter,
    ChoiceFilter,
    Choices,
    CreatedFilter,
    KnownChoices,
)
from crm.base.back_office.inputs import DayFilter, PersonFilter, PointerFilter
from leads.agenda import today


class RestingFilter(ArchivedFilter):
    title = _("archived")


class StatusFilter(ChoiceFilter):
    title = _("status")
    parameter_name = "status"


class ChannelFilter(ChoiceFilter):
    title = _("channel")
    parameter_name = "channel"


class AttentionFilter(KnownChoices, DropdownFilter):
    """What somebody should do something about."""

    title = _("attention")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("open", _("In the pipeline")),
            ("overdue", _("Overdue")),
            ("stepless", _("Without a next step")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "open":
                return queryset.in_pipeline()
            case "overdue":
                return queryset.overdue()
            case "stepless":
                return queryset.without_step()
        return queryset


def days_text(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


class StaleFilter(KnownChoices, DropdownFilter):
    """Open leads that nobody has touched for so many days."""

    title = _("days untouched")
    parameter_name = "stale"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(str(days), days_text(days)) for days in (3, 7, 14, 30, 90)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        days = self.value()
        return queryset.stale(timezone.now() - timedelta(days=int(days))) if days else queryset


class AssigneeFilter(PersonFilter):
    title = _("assigned to")
    parameter_name = "assigned_to"
    nobody = _("Nobody")


class OwnerFilter(PersonFilter):
    title = _("assigned to")
    parameter_name = "owner"
    nobody = _("Nobody")


class CreatorFilter(PersonFilter):
    title = _("created by")
    parameter_name = "created_by"


class CustomerFilter(PointerFilter):
    title = _("customer")
    parameter_name = "customer"
    field_name = "customer"


class LeadFilter(PointerFilter):
    title = _("lead")
    parameter_name = "lead"
    field_name = "lead"


class CreatedFromFilter(DayFilter):
    title = _("created from")
    parameter_name = "created_from"
    lookup = "created_at__gte"


class CreatedUntilFilter(DayFilter):
    title = _("created until")
    parameter_name = "created_until"
    lookup = "created_at__lt"
    days = 1


class DueFilter(KnownChoices, DropdownFilter):
    """Follow-ups by their day, in the reader's time zone."""

    title = pgettext_lazy("follow-up", "due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("overdue", _("Overdue")),
            ("today", _("Until tonight")),
            ("week", _("In the next 7 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        end = today(request.user).end
        ends = {"overdue": timezone.now(), "today": end, "week": end + timedelta(days=7)}
        value = self.value()
        return queryset.due(ends[value]) if value else queryset


class WhenFilter(CreatedFilter):
    title = _("when")
    parameter_name = "when"
    field = "occurred_at"
