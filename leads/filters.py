from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from crm.base import as_of
from crm.base.api.filters import (
    ArchivedFilter,
    FlagFilter,
    IdFilter,
    MomentRangeFilter,
    RecordFilter,
)
from leads.choices import Channel, ProcessStatus, Status
from leads.models import Action, Lead, Process
from leads.querysets import LeadQuerySet

MOST_DAYS = 3650


class OpenFilter(FlagFilter):
    """``true`` keeps what is neither won nor discarded."""

    def filter(self, queryset: LeadQuerySet, value: bool | None) -> LeadQuerySet:
        if value is None:
            return queryset
        return queryset.in_pipeline() if value else queryset.finished()


class OverdueFilter(FlagFilter):
    """``true`` keeps what should have been done by now."""

    def filter(self, queryset: Any, value: bool | None) -> Any:
        if value is None:
            return queryset
        return queryset.overdue() if value else queryset.not_overdue()


class OverdueLeadFilter(OverdueFilter):
    """``true`` keeps the leads with a step that should have been taken by now."""

    def filter(self, queryset: Any, value: bool | None) -> Any:
        found, under_way = super().filter(queryset, value), as_of.journey()
        # No index tells which steps were due then: they are read once, before the leads.
        steps = Process.objects.overdue().filter(lead__isnull=False)
        if value and under_way and not under_way.keep(Lead, steps.values_list("lead", flat=True)):
            return found.none()
        return found


class UnassignedFilter(FlagFilter):
    """``true`` keeps what is nobody's, ``false`` what is somebody's."""

    def filter(self, queryset: LeadQuerySet, value: bool | None) -> LeadQuerySet:
        return queryset if value is None else queryset.filter(assigned_to__isnull=value)


@extend_schema_field(OpenApiTypes.INT)
class StaleFilter(django_filters.Filter):
    """Keeps the open leads that nobody has touched for so many days."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"min_value": 1, "max_value": MOST_DAYS})

    def filter(self, queryset: LeadQuerySet, value: int | None) -> LeadQuerySet:
        if value is None:
            return queryset
        since = as_of.now() - timedelta(days=value)
        stale = queryset.stale(since)
        # Which no index tells of the past; but then all are older, which one does.
        return stale.filter(created_at__lt=since) if as_of.journey() else stale


class TypeFilter(django_filters.CharFilter):
    """The type of an action; the usual ones in any case."""

    def filter(self, queryset: QuerySet[Any], value: str | None) -> Any:
        return super().filter(queryset, value and Action.canonical_type(value))


class LeadFilter(RecordFilter):
    status = django_filters.ChoiceFilter(choices=Status.choices)
    open = OpenFilter(label=_("neither won nor discarded"))
    channel = django_filters.ChoiceFilter(choices=Channel.choices)
    assigned_to = IdFilter(field_name="assigned_to_id")
    unassigned = UnassignedFilter(label=_("nobody's"))
    customer = IdFilter(field_name="customer_id")
    created_by = IdFilter(field_name="created_by_id")
    created_at = MomentRangeFilter()
    updated_at = MomentRangeFilter()
    status_changed_at = MomentRangeFilter()
    overdue = OverdueLeadFilter(label=_("with a step that should have been taken"))
    stale = StaleFilter(label=_("open, and untouched for so many days"))
    archived = ArchivedFilter()

    class Meta:
        model = Lead
        fields = ["status"]


class ActionFilter(RecordFilter):
    lead = IdFilter(field_name="lead_id")
    action_type = TypeFilter()
    created_by = IdFilter(field_name="created_by_id")
    occurred_at = MomentRangeFilter()

    class Meta:
        model = Action
        fields = ["action_type"]


class ProcessFilter(RecordFilter):
    lead = IdFilter(field_name="lead_id")
    status = django_filters.ChoiceFilter(choices=ProcessStatus.choices)
    assigned_to = IdFilter(field_name="owner_id")
    next_followup_at = MomentRangeFilter()
    overdue = OverdueFilter(label=_("should have been done by now"))

    class Meta:
        model = Process
        fields = ["status"]
