"""The back office of what belongs to documents. It is entered with them, and only read here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.base import figures
from crm.base.back_office.filters import ChoiceFilter
from crm.base.back_office.records import RecordAdmin
from crm.base.figures import money, plain
from invoices.admin_columns import link_to, right
from invoices.models import InvoiceLine, Payment


class DetailAdmin(RecordAdmin):
    search_fields = ()
    list_select_related = ("created_by", "invoice")

    @admin.display(description=_("document"))
    def of_document(self, record: Any) -> str:
        return link_to(record.invoice)

    @admin.display(description=_("amount"))
    def worth(self, record: Any) -> str:
        return right(money(record.amount, record.currency))


class MethodFilter(ChoiceFilter):
    title = _("method")
    parameter_name = "method"


@admin.register(Payment)
class PaymentAdmin(DetailAdmin):
    list_display = ("paid_on", "of_document", "worth", "method", "reference", "created_on")
    list_filter = (MethodFilter,)
    readonly_fields = ("of_document", "worth", *RecordAdmin.readonly_fields)
    fieldsets = (
        (None, {"fields": ("of_document", "worth", "payment_date", "method", "reference")}),
        (_("Record"), {"fields": ("created", "changed")}),
    )

    @admin.display(description=_("date"))
    def paid_on(self, payment: Payment) -> Any:
        return payment.payment_date

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(InvoiceLine)
class InvoiceLineAdmin(DetailAdmin):
    list_display = ("description", "of_document", "how_many", "price", "rate", "worth")
    readonly_fields = ("of_document", "how_many", "price", "rate", "worth", "created", "changed")
    fieldsets = (
        (None, {"fields": ("of_document", "description", "how_many", "price", "rate", "worth")}),
        (_("Record"), {"fields": ("created", "changed")}),
    )

    @admin.display(description=_("quantity"))
    def how_many(self, line: InvoiceLine) -> str:
        return right(plain(line.quantity))

    @admin.display(description=_("unit price"))
    def price(self, line: InvoiceLine) -> str:
        return right(figures.price(line.unit_price, line.invoice.currency))

    @admin.display(description=_("tax rate"))
    def rate(self, line: InvoiceLine) -> str:
        return f"{plain(line.tax_rate)} %"
