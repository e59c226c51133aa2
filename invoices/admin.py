"""The back office of documents."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import DateField, QuerySet, Value
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from crm.base.back_office.lists import badge
from crm.base.back_office.pickers import PickingAdmin
from crm.base.figures import money
from invoices import (
    admin_company,
    admin_details,
    admin_filters,
    admin_panels,
    admin_series,
    report_pages,
)
from invoices.admin_buttons import InvoiceButtons
from invoices.admin_columns import COLOURS, day, late, right, state_of
from invoices.admin_forms import InvoiceForm
from invoices.kinds import Kind
from invoices.models import Invoice

__all__ = ["InvoiceAdmin", "admin_company", "admin_details", "admin_series"]


@admin.register(Invoice)
class InvoiceAdmin(PickingAdmin, report_pages.ReportsMixin, InvoiceButtons):
    list_display = ("document", "state", "issued_on", "due_on", "overdue_for", "worth", "open")
    list_filter = (
        *(admin_filters.StatusFilter, admin_filters.OverdueFilter, admin_filters.KindFilter),
        *(admin_filters.DateFilter, admin_filters.CurrencyFilter, admin_filters.OwnFilter),
        admin_filters.CustomerFilter,
    )
    sortable_by = ("issued_on", "due_on")
    search_help_text = _("Number, customer, description")
    list_before_template = "invoices/receivables.html"
    change_form_template = "invoices/change_form.html"
    form = InvoiceForm
    autocomplete_fields = ("customer",)
    fieldsets = (
        (
            None,
            {"fields": ("customer", "description", ("currency", "language"), "due_date")},
        ),
        (_("Record"), {"fields": ("created", "changed")}),
    )

    class Media:
        js = ("invoices/lines.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what may be seen; for the list with the day it is where the company is."""
        documents = super().get_queryset(request)
        if getattr(request.resolver_match, "url_name", "") == "invoices_invoice_changelist":
            today = Value(admin_filters.company_day(request), output_field=DateField())
            documents = documents.annotate(today=today)
        return documents

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Begin with what is due longest when asked for what is overdue."""
        return ("due_date", "id") if request.GET.get("overdue") else self.ordering

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.may_be_changed_by(request.user))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.write(form.lines.given())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        page = super().changelist_view(request, extra_context)
        listed = getattr(page, "context_data", None) or {}
        if "cl" in listed:
            listed["receivables"] = admin_panels.receivables(
                listed["cl"].queryset, admin_filters.company_day(request)
            )
        return page

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        invoice = options.get("obj")
        may_write = invoice is None or self.has_change_permission(request, invoice)
        context["lines"] = context["adminform"].form.lines if may_write else None
        if invoice:
            context |= admin_panels.document(invoice, self.has_manage_permission(request))
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("document"))
    def document(self, invoice: Invoice) -> str:
        below = '<span class="block font-normal text-subtle">{}</span>'
        lines = f'<span class="block name">{{}}{below}</span>'
        return format_html(lines, invoice, invoice.billing_name)

    @badge(_("status"), COLOURS)
    def state(self, invoice: Any) -> tuple[str, str]:
        return state_of(invoice, invoice.today)

    @admin.display(description=_("date"), ordering="issue_date")
    def issued_on(self, invoice: Invoice) -> str:
        return day(invoice.issue_date)

    @admin.display(description=_("due"), ordering="due_date")
    def due_on(self, invoice: Invoice) -> str:
        return day(invoice.due_date) if invoice.kind == Kind.INVOICE else ""

    @admin.display(description=_("overdue"))
    def overdue_for(self, invoice: Any) -> str:
        return right(late(invoice.days_overdue(invoice.today)))

    @admin.display(description=_("total"))
    def worth(self, invoice: Invoice) -> str:
        return right(money(invoice.total, invoice.currency))

    @admin.display(description=_("still due"))
    def open(self, invoice: Invoice) -> str:
        due = invoice.due_amount
        return right(money(due, invoice.currency)) if due else ""
