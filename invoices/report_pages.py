"""Financial reports in the back office: by month, state and age, and by customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from crm.base.back_office.exports import file_or_message
from crm.base.storing import tallies
from crm.base.tables import FILES, Table
from invoices import report_columns, reports
from invoices.admin_verb_forms import DayField
from invoices.customer_report import by_customer, most_owed_first, with_names
from invoices.models import CompanyProfile, Invoice
from invoices.querysets import InvoiceQuerySet
from invoices.report_tables import customer_table, invoice_table

PER_PAGE = 50
MOST_PAGES = 200
LOOKUPS = {
    "issue_date_after": "issue_date__gte",
    "issue_date_before": "issue_date__lte",
    "currency": "currency",
}


class ReportForm(forms.Form):
    """What a report is of; the names are those of the API."""

    issue_date_after = DayField(label=gettext_lazy("From"), required=False)
    issue_date_before = DayField(label=gettext_lazy("Until"), required=False)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, actor: Any, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.documents: Any = Invoice.objects.all().visible_to(actor)
        codes = sorted({group["currency"] for group in tallies.counts(self.documents)})
        field: Any = self.fields["currency"]
        field.choices = [("", _("All")), *((code, code) for code in codes)]

    def chosen(self) -> InvoiceQuerySet:
        """Return the documents; a value that is wrong narrows nothing, and is told of."""
        self.full_clean()
        given = {LOOKUPS[name]: value for name, value in self.cleaned_data.items() if value}
        narrowed: InvoiceQuerySet = self.documents.filter(**given)
        return narrowed


class ReportsMixin(ModelAdmin):
    """The addresses of the reports, under those of the documents."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("reports/", view(self.invoice_report), name="invoices_report"),
            path("reports/customers/", view(self.customer_report), name="invoices_by_customer"),
            *super().get_urls(),
        ]

    def invoice_report(self, request: HttpRequest) -> HttpResponseBase:
        """What was billed in each month, what state invoices are in, what is owed how long."""
        refused = refusal(request)
        if refused:
            return refused
        form = ReportForm(request.user, request.GET)
        report = reports.of_invoices(form.chosen(), CompanyProfile.objects.today())
        if asks_for_file(request, form):
            return _file(request, invoice_table(report))
        parts = [
            report_columns.part(_("Receivables by age"), "age", report["receivables"]),
            report_columns.part(_("By state"), "status", report["states"]),
            report_columns.part(_("By month"), "month", report["months"]),
        ]
        return self._page(request, form, _("Financial report"), parts)

    def customer_report(self, request: HttpRequest) -> HttpResponseBase:
        """What was billed to each customer; those who owe most come first."""
        refused = refusal(request)
        if refused:
            return refused
        form = ReportForm(request.user, request.GET)
        chosen = form.chosen()
        if asks_for_file(request, form):
            return _file(request, customer_table(by_customer(chosen)))
        number = _page_number(request)
        found = most_owed_first(chosen, (number - 1) * PER_PAGE, number * PER_PAGE + 1)
        named = list(with_names(found[:PER_PAGE]))
        part = report_columns.part("", "customer", named)
        has_next = len(found) > PER_PAGE and number < MOST_PAGES
        pages = {"previous": number - 1, "next": number + 1 if has_next else 0}
        return self._page(request, form, _("Report by customer"), [part], **pages)

    def _page(
        self, request: HttpRequest, form: ReportForm, title: str, parts: Sequence[Any], **more: Any
    ) -> TemplateResponse:
        query = request.GET.copy()
        for name in ("format", "p"):
            query.pop(name, None)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "parts": parts,
            "query": query.urlencode(),
            **more,
        }
        return TemplateResponse(request, "invoices/report.html", context)


def refusal(request: HttpRequest) -> HttpResponseBase | None:
    """Return the answer to whoever does more than read; raises for who may not even read."""
    if not request.user.has_perm("invoices.view_report"):
        raise PermissionDenied
    reads = request.method in ("GET", "HEAD")
    return None if reads else HttpResponseNotAllowed(["GET", "HEAD"])


def asks_for_file(request: HttpRequest, form: ReportForm) -> bool:
    """Tell whether to answer with a file; what is wrong in the form only its page can tell."""
    return request.GET.get("format") in FILES and form.is_valid()


def _file(request: HttpRequest, table: Table) -> HttpResponseBase:
    return file_or_message(request, table, request.GET["format"], request.path)


def _page_number(request: HttpRequest) -> int:
    given = request.GET.get("p", "1")
    is_number = given.isascii() and given.isdecimal() and len(given) < 6
    return min(max(int(given), 1), MOST_PAGES) if is_number else 1
