"""What can be done to a document in the back office: buttons of its page, and in bulk."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import action
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm.base.back_office.records import RecordAdmin
from crm.base.back_office.submissions import REFUSALS, reasons
from crm.base.back_office.verbs import Verb, button
from invoices import document_pages, totals_page
from invoices.admin_columns import address_of
from invoices.kinds import Kind, Status
from invoices.models import Invoice
from invoices.pdf_files import pdf_response

ISSUE = Verb(
    label=_("Issue"),
    question=_("Each gets the next number and today's date. Nothing it says can be changed then."),
    done=ngettext_lazy("%(count)d invoice issued.", "%(count)d invoices issued.", "count"),
    run=lambda invoice, confirmed: invoice.issue(),
)
DISCARD = Verb(
    label=_("Delete the draft"),
    question=_("It has no number yet, so it may vanish with its lines. Its history stays."),
    done=ngettext_lazy("%(count)d draft deleted.", "%(count)d drafts deleted.", "count"),
    run=lambda invoice, confirmed: invoice.delete(),
)


def _is_draft(invoice: Any, actor: Any) -> bool:
    return bool(invoice.status == Status.DRAFT)


def _is_open(invoice: Any, actor: Any) -> bool:
    return bool(invoice.due_amount)


def _is_issued(invoice: Any, actor: Any) -> bool:
    is_settled = invoice.status in (Status.PENDING, Status.PAID)
    return bool(invoice.kind == Kind.INVOICE and is_settled)


# To which documents a button is offered; the record refuses all the same.
OFFERED: Mapping[str, Callable[[Any, Any], bool]] = {
    "issue_draft": _is_draft,
    "discard_draft": lambda invoice, actor: invoice.may_be_changed_by(actor),
    "send_mail": lambda invoice, actor: not _is_draft(invoice, actor),
    "note_payment": _is_open,
    "credit_part": _is_issued,
    "cancel_invoice": _is_issued,
}


class InvoiceButtons(RecordAdmin):
    """Each button leads to a page that explains and asks."""

    actions: Sequence[Any] = ("issue_selected",)
    actions_detail: Sequence[str] = ("download_pdf", *OFFERED)

    def has_manage_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("invoices.manage_invoice")

    def has_discard_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("invoices.delete_invoice")

    def get_urls(self) -> list[URLPattern]:
        reverse_payment = partial(document_pages.reverse_page, self)
        totals = partial(totals_page.totals_page, self)
        return [
            path(
                "<path:object_id>/payments/<int:payment>/reverse/",
                self.admin_site.admin_view(reverse_payment),
                name="invoices_invoice_reverse",
            ),
            path("totals/", self.admin_site.admin_view(totals), name="invoices_invoice_totals"),
            *super().get_urls(),
        ]

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """Offer what suits the document's state."""
        invoice = self.get_object(request, unquote(str(object_id)))
        return [
            each
            for each in super().get_actions_detail(request, object_id)
            if all(
                suits(invoice, request.user)
                for name, suits in OFFERED.items()
                if each.action_name.endswith(name)
            )
        ]

    @button(_("PDF"), path="pdf", icon="picture_as_pdf", permission="view")
    def download_pdf(self, request: HttpRequest, object_id: str) -> Any:
        invoice: Invoice = self.get_object(request, unquote(object_id))
        try:
            return pdf_response(invoice)
        except REFUSALS as error:
            for _field, text in reasons(error):
                self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(address_of(invoice))

    @button(_("Issue"), path="issue", icon="task_alt", permission="manage")
    def issue_draft(self, request: HttpRequest, object_id: str) -> Any:
        return document_pages.document_page(self, request, object_id, document_pages.ISSUE)

    @button(_("Delete"), path="discard", icon="delete", permission="discard")
    def discard_draft(self, request: HttpRequest, object_id: str) -> Any:
        invoice: Invoice = self.get_object(request, unquote(object_id))
        if request.method == "POST":
            back = reverse("admin:invoices_invoice_changelist")
            return self.do(request, [invoice.pk], DISCARD, back)
        return self.ask(request, object_id, DISCARD)

    @button(_("E-mail"), path="mail", icon="mail", permission="manage")
    def send_mail(self, request: HttpRequest, object_id: str) -> Any:
        return document_pages.document_page(self, request, object_id, document_pages.MAIL)

    @button(_("Payment"), path="payment", icon="payments", permission="manage")
    def note_payment(self, request: HttpRequest, object_id: str) -> Any:
        return document_pages.document_page(self, request, object_id, document_pages.PAYMENT)

    @button(_("Credit"), path="credit", icon="undo", permission="manage")
    def credit_part(self, request: HttpRequest, object_id: str) -> Any:
        return document_pages.document_page(self, request, object_id, document_pages.CREDIT)

    @button(_("Cancel"), path="cancel", icon="cancel", permission="manage")
    def cancel_invoice(self, request: HttpRequest, object_id: str) -> Any:
        return document_pages.document_page(self, request, object_id, document_pages.CANCEL)

    @action(description=_("Issue"), permissions=["manage"])
    def issue_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        pks = list(queryset.values_list("pk", flat=True))
        return self.do(request, pks, ISSUE, request.get_full_path())
