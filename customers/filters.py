import re
from typing import Any

import django_filters
from django.db.models import QuerySet

from crm.base.api.filters import (
    ArchivedFilter,
    IdFilter,
    LookUpFilter,
    MomentRangeFilter,
    RecordFilter,
)
from customers.models import ClientType, Customer, CustomerQuerySet


class CityFilter(django_filters.CharFilter):
    """The city, whatever its case: SQLite's own comparison knows that of ASCII letters only.

    The search index finds the few rows that are compared.
    """

    def filter(self, queryset: CustomerQuerySet, value: str | None) -> CustomerQuerySet:
        city = Customer._meta.get_field("city").to_python(value)
        if not city:
            return queryset
        return queryset.search(city).filter(city__iregex=f"^{re.escape(city)}$")


class CountryCodeFilter(LookUpFilter):
    """The ISO code in upper or lower case."""

    def filter(self, queryset: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        return super().filter(queryset, value and value.upper())


class CustomerFilter(RecordFilter):
    client_type = django_filters.ChoiceFilter(choices=ClientType.choices)
    country_code = CountryCodeFilter()
    city = CityFilter()
    email = LookUpFilter()  # a look-up brings the value into the stored form
    external_id = LookUpFilter()
    created_by = IdFilter(field_name="created_by_id")
    created_at = MomentRangeFilter()
    registered_at = MomentRangeFilter()
    archived = ArchivedFilter()

    class Meta:
        model = Customer
        fields = ["client_type"]
