"""From a document to the texts on its pages."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from invoices.pdf import labels, texts
from invoices.pdf.document import Document, Line, Party, Tax
from invoices.pdf.formats import Formats, currency_decimals, decimals

UNDATED = date(2000, 1, 1)  # PDF/A wants a date; today's would make a draft another file every day


def content(document: Document) -> dict[str, Any]:
    """Return what the template shows: strings, and lists and dictionaries of them.

    The active language is the document's.
    """
    formats = formats_of(document)
    title = labels.titles()[document.kind]
    words = labels.labels()
    return {
        "warning": "",  # what could not be printed is known later
        "draft": not document.number,
        "language": labels.catalogue_for(document.language),
        "labels": words,
        "title": title,
        "number": texts.lines(document.number or words["draft"]),
        "name": texts.printable(f"{title} {document.number or words['draft']}"),
        "author": texts.printable(document.seller.name),
        "alt": texts.printable(document.seller.name) or title,
        "date": _numbers(document.issue_date or UNDATED),
        "facts": _facts(document, formats),
        "seller": _party(document.seller),
        "buyer": _party(document.buyer),
        "description": texts.lines(document.description),
        "rows": _rows(document.lines, formats),
        "sums": _sums(document, formats),
        "total": _total(document, formats),
        "settled": _settled(document, formats),
        "payment": texts.lines(document.payment),
        "notes": texts.lines(document.notes),
        "footer": texts.lines(document.footer),
    }


def _numbers(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def formats_of(document: Document) -> Formats:
    amounts = [document.subtotal, document.tax, document.total, document.paid]
    amounts += [line.amount for line in document.lines]
    amounts += [amount for tax in document.taxes for amount in (tax.base, tax.amount)]
    digits = currency_decimals(document.currency, amounts)
    return Formats(labels.locale_for(document.language), document.currency, digits)


def _facts(document: Document, formats: Formats) -> list[tuple[str, list[texts.Line]]]:
    words = labels.labels()
    facts = []
    if document.issue_date:
        facts.append((words["issue_date"], formats.day(document.issue_date)))
    if document.due_date:
        facts.append((words["due_date"], formats.day(document.due_date)))
    if document.corrects:
        corrected = document.corrects
        facts.append(
            (words["corrects"], f"{corrected.number}\n{formats.day(corrected.issue_date)}")
        )
    return [(name, texts.lines(value)) for name, value in facts]


def _party(party: Party) -> dict[str, Any]:
    return {
        "name": texts.lines(party.name),
        "tax_id": texts.printable(party.tax_id),
        "address": _block(party.address),
        "contact": _block(party.contact),
    }


def _block(parts: Iterable[str]) -> list[texts.Line]:
    return texts.lines("\n".join(part for part in parts if part.strip()))


def _rows(rows: tuple[Line, ...], formats: Formats) -> list[dict[str, Any]]:
    """Write every column with as many decimals as its longest number, so that points align."""
    quantity = decimals(row.quantity for row in rows)
    price = max(formats.digits, decimals(row.unit_price for row in rows))
    return [
        {
            "description": texts.lines(row.description),
            "quantity": formats.number(row.quantity, quantity),
            "unit_price": formats.number(row.unit_price, price),
            "tax": formats.percent(row.tax_rate),
            "amount": formats.number(row.amount, formats.digits),
        }
        for row in rows
    ]


def _sums(document: Document, formats: Formats) -> list[tuple[str, str]]:
    subtotal = (labels.labels()["subtotal"], formats.money(document.subtotal))
    return [subtotal, *(_tax(tax, formats) for tax in document.taxes)]


def _tax(tax: Tax, formats: Formats) -> tuple[str, str]:
    base = formats.money(tax.base)
    label = labels.tax_label(texts.printable(tax.name), formats.percent(tax.rate), base)
    return label, formats.money(tax.amount)


def _total(document: Document, formats: Formats) -> tuple[str, str]:
    return labels.labels()["total"], formats.money(document.total)


def _settled(document: Document, formats: Formats) -> list[tuple[str, str]]:
    """Return what is paid and what remains, where anything is paid."""
    if not document.paid:
        return []
    words = labels.labels()
    due = document.total - document.paid
    return [
        (words["paid"], formats.money(-document.paid)),
        (words["due"], formats.money(due)),
    ]
