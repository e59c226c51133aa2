"""Pages that explain what will happen to one document, ask for what is needed, and do it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.base.back_office.submissions import REFUSALS, reasons
from crm.base.storing.unit_of_work import unit_of_work
from invoices import facts
from invoices.admin_columns import address_of
from invoices.admin_verb_forms import (
    CancelForm,
    CreditForm,
    DocumentForm,
    IssueForm,
    MailForm,
    PaymentForm,
    ReverseForm,
)
from invoices.models import Invoice

Facts = list[tuple[Any, Any]]


@dataclass(frozen=True)
class DocumentPage:
    """``facts`` returns what is worth knowing first, as pairs of a name and a value."""

    form: type[DocumentForm]
    title: Any
    button: Any
    intro: Any
    facts: Callable[[Invoice], Facts]


ISSUE = DocumentPage(
    IssueForm,
    gettext_lazy("Issue"),
    gettext_lazy("Issue"),
    gettext_lazy(
        "It gets its number, and the PDF is made. Number, dates, lines, amounts and addresses are"
        " frozen: whoever finds a mistake later credits or cancels the invoice."
    ),
    facts.before_issue,
)
PAYMENT = DocumentPage(
    PaymentForm,
    gettext_lazy("Note a payment"),
    gettext_lazy("Note the payment"),
    gettext_lazy("A part will do. What was entered by mistake is reversed later, not removed."),
    facts.of_money,
)
REVERSE = DocumentPage(
    ReverseForm,
    gettext_lazy("Reverse a payment"),
    gettext_lazy("Reverse the payment"),
    gettext_lazy("An entry of the same amount takes it back. Both stay to be seen."),
    facts.of_money,
)
MAIL = DocumentPage(
    MailForm,
    gettext_lazy("Send by e-mail"),
    gettext_lazy("Send"),
    gettext_lazy("The PDF goes out as an attachment, with a few words in the document's language."),
    facts.of_money,
)
CREDIT = DocumentPage(
    CreditForm,
    gettext_lazy("Credit part"),
    gettext_lazy("Issue the credit note"),
    gettext_lazy(
        "A credit note with a number of its own takes back what you name here, and its tax."
        " Amounts are without tax. The invoice itself stays as it is."
    ),
    facts.of_money,
)
CANCEL = DocumentPage(
    CancelForm,
    gettext_lazy("Cancel the invoice"),
    gettext_lazy("Cancel by a credit note"),
    gettext_lazy(
        "The invoice stays as it is, with its number. A credit note for all that is not credited"
        " yet is issued at once; together they come to nothing."
    ),
    facts.of_money,
)


def document_page(
    model_admin: Any, request: HttpRequest, object_id: str, page: DocumentPage, **more: Any
) -> HttpResponseBase:
    """Show the page for a document, or do what was POSTed and show where that led."""
    invoice: Invoice = model_admin.get_object(request, unquote(object_id))
    form = page.form(invoice, request.POST if request.method == "POST" else None)
    for name, value in more.items():
        setattr(form, name, value)
    if form.is_valid():
        record = _done(request, form)
        if record:
            return HttpResponseRedirect(address_of(record))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": page.title,
        "subtitle": str(invoice),
        "opts": Invoice._meta,
        "original": invoice,
        "page": page,
        "facts": page.facts(invoice),
        "form": form,
        "media": form.media,
        "back": address_of(invoice),
    }
    return TemplateResponse(request, "invoices/document_page.html", context)


def _done(request: HttpRequest, form: DocumentForm) -> Any:
    """Do it in one unit of work and say so; a refusal becomes errors of the form."""

    def work() -> tuple[Any, str]:
        invoice = Invoice.objects.visible_to(request.user).get(pk=form.invoice.pk)
        invoice.lock()
        form.check_version(invoice)
        return form.run(invoice)

    try:
        record, told = unit_of_work(work)
    except REFUSALS as error:
        for name, text in reasons(error):
            place = getattr(form, "place", lambda name: name)(name)
            form.add_error(place if place in form.fields else None, text)
        return None
    messages.success(request, told)
    return record


def reverse_page(
    model_admin: Any, request: HttpRequest, object_id: str, payment: int
) -> HttpResponseBase:
    """The page that reverses one of the document's payments."""
    if not model_admin.has_manage_permission(request):
        raise PermissionDenied
    invoice: Invoice = model_admin.get_object(request, unquote(object_id))
    found = invoice.payments.filter(pk=payment).first() if payment < 10**18 else None
    if found is None:
        raise Http404(_("This invoice has no such payment."))
    return document_page(model_admin, request, object_id, REVERSE, payment=found)
