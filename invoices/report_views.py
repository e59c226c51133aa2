"""Financial reports over the API, as JSON or as a file for spreadsheets."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar, cast

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from crm.base.api.filters import DayRangeFilter, IdFilter, RecordFilter, StrictFilterBackend
from crm.base.api.pagination import PARAMETERS, Page
from crm.base.api.views import Endpoint
from crm.base.money import amount_text
from crm.base.tables import CSV, FORMATS, XLSX, export, format_of
from invoices import customer_report, reports
from invoices.filters import CurrencyFilter
from invoices.models import CompanyProfile, Invoice
from invoices.querysets import InvoiceQuerySet
from invoices.report_schemas import CustomerReportSerializer, InvoiceReportSerializer
from invoices.report_tables import customer_table, invoice_table

Handler = TypeVar("Handler", bound=Callable[..., HttpResponseBase])


class ReportFilter(RecordFilter):
    """What a report is of."""

    currency = CurrencyFilter()
    issue_date = DayRangeFilter()
    customer = IdFilter(field_name="customer_id")

    class Meta:
        model = Invoice
        fields: ClassVar[list[str]] = []


PARAMETERS_OF_ALL = ReportFilter.parameters() | {"format"}
DESCRIBED = [
    OpenApiParameter("currency", str, description="ISO 4217, three letters."),
    OpenApiParameter("issue_date_after", OpenApiTypes.DATE),
    OpenApiParameter("issue_date_before", OpenApiTypes.DATE),
    OpenApiParameter("customer", int),
    OpenApiParameter("format", str, enum=list(FORMATS), description="Or by the Accept header."),
]


def described(serializer: Any) -> Callable[[Handler], Handler]:
    """Return the decorator that tells how a report reads in each of its forms."""
    files = {(200, CSV): OpenApiTypes.BINARY, (200, XLSX): OpenApiTypes.BINARY}
    responses = {(200, "application/json"): serializer, **files}
    decorate: Callable[[Handler], Handler]
    decorate = extend_schema(parameters=DESCRIBED, responses=responses)
    return decorate


class ReportViewSet(ViewSetMixin, Endpoint):
    """What was billed, paid and is owed, of the documents that the asker may see."""

    filterset_class = ReportFilter
    verbs: ClassVar = dict.fromkeys(("customers", "invoices"), "invoices.view_report")
    parameters: ClassVar = {
        "customers": PARAMETERS_OF_ALL | PARAMETERS,
        "invoices": PARAMETERS_OF_ALL,
    }

    def documents(self) -> InvoiceQuerySet:
        visible = Invoice.objects.all().visible_to(self.request.user)
        return cast(
            "InvoiceQuerySet", StrictFilterBackend().filter_queryset(self.request, visible, self)
        )

    @described(CustomerReportSerializer)
    @action(detail=False)
    def customers(self, request: Request) -> HttpResponseBase:
        """How much was billed to each customer, paid, still to be paid, and cancelled.

        A row for each currency a customer was billed in; JSON comes in pages.
        """
        rows, form = customer_report.by_customer(self.documents()), format_of(request)
        if form == "json":
            page = Page(rows, ["customer_id", "currency"], request.query_params)
            return Response(page.answer(request.path, customer_rows))
        return export(request, customer_table(rows), form)

    @described(InvoiceReportSerializer)
    @action(detail=False)
    def invoices(self, request: Request) -> HttpResponseBase:
        """What was billed in each month, what state invoices are in, and what is overdue how long.

        Each document counts in its own month. ``billed`` is what invoices came to without what
        credit notes took back.
        """
        report = reports.of_invoices(self.documents(), CompanyProfile.objects.today())
        form = format_of(request)
        if form == "json":
            return Response({name: [shown(row) for row in rows] for name, rows in report.items()})
        return export(request, invoice_table(report), form)


def customer_rows(rows: Any) -> Iterator[reports.Row]:
    return map(shown, customer_report.with_names(rows))


def shown(row: reports.Row) -> reports.Row:
    """Return ``row`` with its amounts as the API writes them."""
    texts = ("customer_id", "customer", "currency", "count", "month", "status", "age")
    return {
        name: value if name in texts else amount_text(value, row["currency"])
        for name, value in row.items()
    }
