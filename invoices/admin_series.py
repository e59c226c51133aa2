"""The back office of number series: how the numbers of each kind of document look."""

from typing import Any

from django.contrib import admin
from django.db.models import DateField, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.base.back_office.once import once
from crm.base.back_office.records import RecordAdmin
from invoices.admin_filters import company_day
from invoices.kinds import Kind
from invoices.models import NumberSeries


@admin.register(NumberSeries)
class NumberSeriesAdmin(RecordAdmin):
    list_display = ("kind", "code", "pattern", "following")
    search_fields = ()
    readonly_fields = ("following", *RecordAdmin.readonly_fields)
    list_before_template = "invoices/default_series.html"
    fieldsets = (
        (None, {"fields": ("kind", "code", "pattern", ("padding", "yearly_reset"), "following")}),
        (_("Record"), {"fields": ("created", "changed")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = ("kind",) if obj else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what may be seen, with the day it is where the company is."""
        today = Value(company_day(request), output_field=DateField())
        series: QuerySet[Any] = super().get_queryset(request).annotate(today=today)
        return series

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and bool(missing(request))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what holds while nobody has set up a series."""
        kinds = missing(request)
        kind = request.GET.get("kind", "")
        series = NumberSeries.objects.of(kind if kind in kinds else kinds[0])
        return {name: getattr(series, name) for name in ("kind", "code", "pattern", "padding")}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        address = reverse("admin:invoices_numberseries_add")
        defaults = [
            {
                "label": Kind(kind).label,
                "number": NumberSeries.objects.default(kind).next_number(company_day(request)),
                "address": f"{address}?kind={kind}",
            }
            for kind in missing(request)
        ]
        return super().changelist_view(request, {**(extra_context or {}), "defaults": defaults})

    @admin.display(description=_("next number"))
    def following(self, series: Any) -> str:
        return str(series.next_number(series.today))


def missing(request: HttpRequest) -> list[str]:
    """Return the kinds of documents whose numbers look as they did from the start."""
    kinds = NumberSeries.objects.values_list("kind", flat=True)
    there = once(request, "kinds_with_a_series", lambda: set(kinds))
    return [kind for kind in Kind.values if kind not in there]
