"""List filters: django-filter, strict about names and values."""

from functools import cache
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request

from crm.base.api.field_errors import flatten_validation
from crm.base.api.filter_fields import DayRangeField, FlagField, MomentRangeField
from crm.base.api.hints import one_of
from crm.base.api.refusals import BadRequest
from crm.base.as_of import journey

MOST = 10**18  # more than any id, and less than what a database calls too large


class FlagFilter(django_filters.BooleanFilter):
    """``true`` or ``false``."""

    field_class = FlagField


class MomentRangeFilter(django_filters.IsoDateTimeFromToRangeFilter):
    """``<name>_after`` and ``<name>_before``, both inclusive."""

    field_class = MomentRangeField


class DayRangeFilter(django_filters.DateFromToRangeFilter):
    """``<name>_after`` and ``<name>_before``, both inclusive."""

    field_class = DayRangeField


@extend_schema_field(OpenApiTypes.INT)
class IdFilter(django_filters.Filter):
    """The number of a record; a NumberFilter also takes 1.5 and computes -1e999999."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"min_value": 0, "max_value": MOST})


class LookUpFilter(django_filters.CharFilter):
    """The exact value of a field that a model names in ``looked_up``."""

    def filter(self, queryset: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter(queryset, value)
        under_way = journey()
        if value and under_way and not under_way.look_up(queryset.model, self.field_name, value):
            return found.none()
        return found


class ArchivedFilter(FlagFilter):
    """``true`` lists what is archived; left out, what is live."""

    def filter(self, queryset: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        if value and (under_way := journey()):
            under_way.look_for_archived(queryset.model)
        return queryset.filter(archived_at__isnull=not value)


class RecordFilter(django_filters.FilterSet):
    """The base of every list's filters."""

    @classmethod
    @cache
    def parameters(cls) -> frozenset[str]:
        """Return the names of the query parameters."""
        return frozenset(_parameters(cls))

    @classmethod
    def unfiltered(cls, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what a query without parameters leaves; no form is built to check nothing."""
        for narrow in cls.base_filters.values():
            queryset = narrow.filter(queryset, None)
        return queryset


def _parameters(filters: type[RecordFilter]) -> list[str]:
    names = []
    for name, declared in filters.base_filters.items():
        suffixes = getattr(declared.field_class.widget, "suffixes", None)
        names += [f"{name}_{suffix}" for suffix in suffixes] if suffixes else [name]
    return names


def first_error(form: Any) -> dict[str, str]:
    """Return field, code and detail of the first value of a form that is not valid."""
    first = flatten_validation(ValidationError(form.errors.as_data()))[0]
    choices = getattr(form.fields.get(first["field"]), "choices", ())
    hint = one_of(value for value, _label in choices if value)
    return first | {"detail": f"{first['detail']} {hint}".strip()}


class StrictFilterBackend(DjangoFilterBackend):
    """Narrows a list by its filters; raises 400 with the first value that is not valid."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        kinds: type[RecordFilter] = self.get_filterset_class(view, queryset)
        if not kinds.parameters() & request.query_params.keys():
            return kinds.unfiltered(queryset)
        filters = self.get_filterset(request, queryset, view)
        if filters is None:
            return queryset
        if not filters.is_valid():
            first = first_error(filters.form)
            part = f"{first['field']}_{first['code']}"
            parameter = part if part in kinds.parameters() else first["field"]
            raise BadRequest(first["detail"], field=parameter, code="bad_value")
        narrowed: QuerySet[Any] = filters.qs
        return narrowed
