"""The back office of number series: how the numbers of each kind of document look."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.base.back_office.records import RecordAdmin
from invoices.kinds import Kind
from invoices.models import CompanyProfile, NumberSeries


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

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and bool(self._missing())

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what holds while nobody has set up a series."""
        missing = self._missing()
        kind = request.GET.get("kind", "")
        series = NumberSeries.objects.of(kind if kind in missing else missing[0])
        return {name: getattr(series, name) for name in ("kind", "code", "pattern", "padding")}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        address = reverse("admin:invoices_numberseries_add")
        today = CompanyProfile.objects.today()
        defaults = [
            {
                "label": Kind(kind).label,
                "number": NumberSeries.objects.of(kind).next_number(today),
                "address": f"{address}?kind={kind}",
            }
            for kind in self._missing()
        ]
        return super().changelist_view(request, {**(extra_context or {}), "defaults": defaults})

    @staticmethod
    def _missing() -> list[str]:
        """Return the kinds of documents whose numbers look as they did from the start."""
        there = set(NumberSeries.objects.values_list("kind", flat=True))
        return [kind for kind in Kind.values if kind not in there]

    @admin.display(description=_("next number"))
    def following(self, series: NumberSeries) -> str:
        return series.next_number(CompanyProfile.objects.today())
