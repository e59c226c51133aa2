"""Issued documents by e-mail: written into the outbox, and sent by a worker."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.base.errors import Conflict
from crm.base.outbox import kinds
from crm.base.outbox.kinds import Attachment, Kind, Letter, Line, Payload
from crm.base.outbox.notices import notify
from crm.base.outbox.tables import Channel
from invoices import printing
from invoices.kinds import Status
from invoices.models import Invoice
from invoices.pdf_files import PDF, file_name

NAME = "invoice_mailed"


def mail(invoice: Any, sender: Any, address: str, key: str) -> None:
    """Have the PDF of ``invoice`` sent to ``address``, once for each ``key``.

    Raises ``Conflict`` for a draft, and where no mail server is set up.
    """
    if invoice.status == Status.DRAFT:
        raise Conflict(_("Issue the invoice first."), code="not_issued")
    if not settings.NOTICE_CHANNELS[Channel.EMAIL]:
        message = _("No mail server is set up. Set EMAIL_URL, or send the PDF yourself.")
        raise Conflict(message, code="no_mail_server")
    notify(sender, NAME, {"invoice": invoice.pk, "address": address}, key=f"{invoice.pk}:{key}")


def compose(sender: Any, payload: Payload) -> Letter | None:
    """Return the letter, in the language of the document, with its file."""
    invoice = Invoice.objects.visible_to(sender).filter(pk=payload["invoice"]).first()
    if invoice is None:
        return None
    pdf = printing.printout(invoice).path.read_bytes()
    with translation.override(invoice.language):
        named = {"document": invoice.get_kind_display(), "number": invoice.number}
        named["company"] = invoice.seller_name
        return Letter(
            subject=_("%(document)s %(number)s from %(company)s") % named,
            lines=[Line(_("Please find attached: %(document)s %(number)s.") % named)],
            attachments=[Attachment(file_name(invoice), pdf, PDF)],
            language=invoice.language,
        )


def address_of(payload: Payload) -> str:
    return str(payload["address"])


kinds.register(
    Kind(
        NAME,
        gettext_lazy("An invoice is sent to a customer"),
        compose,
        "invoices.manage_invoice",
        address=address_of,
    )
)
