"""Lists of the back office as files for spreadsheets: all that is listed, or what is ticked."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import action
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from crm.base.api.exports import table_of
from crm.base.api.serializers import RecordSerializer
from crm.base.back_office.lists import RecordChangeList
from crm.base.limits import TooMany
from crm.base.tables import FILES, Busy, Table, export

# What an address says of the page at hand, and not of the list.
OF_THE_PAGE = (PAGE_VAR, ALL_VAR, ERROR_FLAG, "format")


def file_or_message(
    request: HttpRequest, table: Table, form: str, back: str, **details: Any
) -> HttpResponseBase:
    """Answer with a file; whoever has taken too many is led ``back`` and told so."""
    try:
        return export(request, table, form, **details)
    except Busy:
        messages.error(request, _("Others are taking files just now. Try again in a moment."))
    except TooMany:
        messages.error(request, _("That were many files. Try again in an hour."))
    return HttpResponseRedirect(back)


class Uncounted(RecordChangeList):
    """A list of which no page is shown."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_count = self.full_result_count = 0


class ExportMixin(ModelAdmin):
    """For lists that can be taken away, as ``exported_by`` shows their records to the API.

    A subclass adds ``EXPORTS`` to its actions.
    """

    EXPORTS = ("export_csv", "export_xlsx")
    exported_as: str
    exported_by: type[RecordSerializer]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        query = without_page(request.GET)
        query["format"] = ""  # which the template completes
        context = {"export_address": f"export/?{query.urlencode()}", **(extra_context or {})}
        return super().changelist_view(request, context)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with every record of the list that has the same parameters."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        form, query = request.GET.get("format", FILES[0]), without_page(request.GET)
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        request.GET = query  # type: ignore[assignment]  # as the list is asked
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            listed = None
        if listed is None or form not in FILES:
            return HttpResponseRedirect(f"{back}?{ERROR_FLAG}=1")
        table = self.export_table(request, listed.queryset)
        return file_or_message(request, table, form, f"{back}?{query.urlencode()}", what="list")

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        page = request.resolver_match
        usual: type[ChangeList] = super().get_changelist(request, **options)
        return Uncounted if page and str(page.url_name).endswith("_export") else usual

    def export_table(self, request: HttpRequest, records: QuerySet[Any]) -> Table:
        """Return ``records``, which are ordered as the list is."""
        serializer = self.exported_by(context={"request": request})
        ordering = [str(column) for column in records.query.order_by]
        return table_of(self.exported_as, serializer, records, ordering)

    def export_ticked(
        self, request: HttpRequest, ticked: QuerySet[Any], form: str
    ) -> HttpResponseBase:
        table = self.export_table(request, ticked)
        return file_or_message(request, table, form, request.get_full_path(), what="selection")

    @action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
        return self.export_ticked(request, queryset, "csv")

    @action(description=gettext_lazy("Export as Excel"), permissions=["view"])
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
        return self.export_ticked(request, queryset, "xlsx")


def without_page(query: QueryDict) -> QueryDict:
    """Return the parameters that say what is listed, and how."""
    kept = query.copy()
    for name in OF_THE_PAGE:
        kept.pop(name, None)
    return kept
