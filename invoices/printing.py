"""From a stored document to its PDF file."""

from contextlib import suppress
from typing import Any

from crm.base.photo_files import photo_path
from crm.base.trail.history import history_model
from invoices.company import CompanyProfile
from invoices.kinds import Status
from invoices.pdf import document as paper
from invoices.pdf.rendering import Rendered, render
from invoices.printouts import Printout, keep


def preview(draft: Any) -> Rendered:
    """Return the draft as it would look today, marked as one."""
    company = CompanyProfile.objects.current()
    draft.copy_seller(company)
    return render(document_of(draft, logo_bytes(company.logo)))


def printout(invoice: Any) -> Printout:
    """Return the file of an issued document, which is made when first asked for.

    It says what the document said on its day: nothing of it has changed since, and the logo is the
    one of that moment. Raises ``StorageFull``, and ``Conflict`` when the file is lost for good.
    """
    found = Printout.objects.filter(invoice=invoice).first()
    if found and found.is_there():
        return found
    rendered = render(document_of(invoice, logo_bytes(_logo_at_issue(invoice))))
    if found is None:
        return keep(invoice, rendered)
    found.put_back(rendered.pdf)
    return found


def logo_bytes(digest: str | None) -> bytes:
    """Return the stored picture; nothing without one."""
    with suppress(FileNotFoundError):
        return photo_path(digest).read_bytes() if digest else b""
    return b""


def document_of(invoice: Any, logo: bytes) -> paper.Document:
    """Return what the paper says of ``invoice``: as issued, so without what was paid since."""
    return paper.Document(
        kind=paper.Kind(invoice.kind),
        number=invoice.number or "",
        currency=invoice.currency,
        seller=_party(invoice, "seller"),
        buyer=_party(invoice, "billing"),
        lines=tuple(map(_line, invoice.lines.all())),
        taxes=tuple(paper.Tax(one.rate, one.base, one.tax) for one in invoice.totals().taxes),
        subtotal=invoice.subtotal,
        tax=invoice.tax,
        total=invoice.total,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date if invoice.kind == paper.Kind.INVOICE else None,
        language=invoice.language,
        corrects=_corrected(invoice.corrects),
        description=invoice.description,
        payment=invoice.seller_bank_details if invoice.kind == paper.Kind.INVOICE else "",
        footer=invoice.seller_footer,
        logo=logo,
    )


def _party(invoice: Any, prefix: str) -> paper.Party:
    def told(name: str) -> str:
        return str(getattr(invoice, f"{prefix}_{name}"))

    city = f"{told('postal_code')} {told('city')}".strip()
    return paper.Party(
        name=told("name"),
        tax_id=told("tax_id"),
        address=_given(told("address"), city, told("country")),
        contact=_given(told("email"), told("phone")),
    )


def _given(*texts: str) -> tuple[str, ...]:
    return tuple(filter(None, texts))


def _line(line: Any) -> paper.Line:
    return paper.Line(line.description, line.quantity, line.unit_price, line.tax_rate, line.amount)


def _corrected(invoice: Any) -> paper.Corrected | None:
    return invoice and paper.Corrected(invoice.number, invoice.issue_date)


def _logo_at_issue(invoice: Any) -> str | None:
    """Return the digest of the company's logo in the moment in which ``invoice`` was issued."""
    issued = invoice.history.exclude(status=Status.DRAFT).order_by("history_id").first()
    company = history_model(CompanyProfile).objects.order_by("-history_id")
    before = company.filter(history_date__lte=issued.history_date) if issued else company
    logos = before.values_list("logo", flat=True)
    return next(iter(logos[:1]), None)
