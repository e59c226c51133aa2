from typing import Any

import django_filters
from babel.core import get_global
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.base.api.filters import (
    DayRangeFilter,
    FlagFilter,
    IdFilter,
    LookUpFilter,
    MomentRangeFilter,
    RecordFilter,
)
from invoices.models import CompanyProfile, Invoice, Kind, Status


class OverdueFilter(FlagFilter):
    """``true``: should have been paid by the day it is where the company is."""

    def filter(self, queryset: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        if value is None:
            return queryset
        late = {"status": Status.PENDING, "due_date__lt": CompanyProfile.objects.today()}
        return queryset.filter(**late) if value else queryset.exclude(**late)


def check_currency(code: str) -> None:
    """Raise ``ValidationError`` for what never was a currency; documents may be older than one."""
    if code.upper() not in get_global("all_currencies"):
        raise ValidationError(_("There is no such currency."), code="unknown_currency")


class CurrencyFilter(django_filters.CharFilter):
    """A currency's code in upper or lower case, of today's or former ones."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"validators": [check_currency]})

    def filter(self, queryset: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter(queryset, value and value.upper())
        return found


class InvoiceFilter(RecordFilter):
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    status = django_filters.ChoiceFilter(choices=Status.choices)
    customer = IdFilter(field_name="customer_id")
    corrects = IdFilter(field_name="corrects_id")
    created_by = IdFilter(field_name="created_by_id")
    number = LookUpFilter()
    currency = CurrencyFilter()
    issue_date = DayRangeFilter()
    due_date = DayRangeFilter()
    created_at = MomentRangeFilter()
    overdue = OverdueFilter()

    class Meta:
        model = Invoice
        fields = ["status"]
