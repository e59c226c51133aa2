import django_filters

from crm.base.filters import ArchivedFilter, RecordFilter
from customers.models import ClientType, Customer


class CustomerFilter(RecordFilter):
    client_type = django_filters.ChoiceFilter(choices=ClientType.choices)
    country_code = django_filters.CharFilter(lookup_expr="iexact")
    city = django_filters.CharFilter(lookup_expr="iexact")
    email = django_filters.CharFilter(lookup_expr="iexact")
    external_id = django_filters.CharFilter()
    created_by = django_filters.NumberFilter(field_name="created_by_id")
    created_at = django_filters.IsoDateTimeFromToRangeFilter()
    registered_at = django_filters.IsoDateTimeFromToRangeFilter()
    archived = ArchivedFilter()

    class Meta:
        model = Customer
        fields = ["client_type"]
