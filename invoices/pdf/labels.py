"""The document's own words, in its language."""

import unicodedata

from babel import Locale
from babel.core import UnknownLocaleError
from django.utils import translation
from django.utils.translation import pgettext

from invoices.pdf.document import Kind

FALLBACK = "en"
MOST_NAMED = 20  # signs that the note on missing ones names


def catalogue_for(language: str) -> str:
    """Return the language with a catalogue that serves ``language``; English where none does."""
    try:
        return translation.get_supported_language_variant(language)
    except (LookupError, ValueError):
        return FALLBACK


def locale_for(language: str) -> Locale:
    """Return the customs to write by, of the language that the labels are in.

    "es-MX" is written as in Mexico; German, for which there are no labels, wholly in English.
    """
    catalogue = catalogue_for(language)
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(catalogue, sep="-")
    same = locale.language == catalogue.partition("-")[0]
    return locale if same else Locale.parse(catalogue, sep="-")


def titles() -> dict[Kind, str]:
    return {
        Kind.INVOICE: pgettext("document", "Invoice"),
        Kind.CREDIT_NOTE: pgettext("document", "Credit note"),
    }


def labels() -> dict[str, str]:
    """Return the words by the names that the template has for them."""
    return {
        "draft": pgettext("document", "Draft"),
        "seller": pgettext("document", "From"),
        "buyer": pgettext("document", "Bill to"),
        "tax_id": pgettext("document", "Tax ID"),
        "issue_date": pgettext("document", "Issue date"),
        "due_date": pgettext("document", "Due date"),
        "corrects": pgettext("document", "Corrects invoice"),
        "description": pgettext("document", "Description"),
        "quantity": pgettext("document", "Quantity"),
        "unit_price": pgettext("document", "Unit price"),
        "tax": pgettext("document", "Tax"),
        "amount": pgettext("document", "Amount"),
        "subtotal": pgettext("document", "Subtotal"),
        "total": pgettext("document", "Total"),
        "paid": pgettext("document", "Paid"),
        "due": pgettext("document", "Amount due"),
        "payment": pgettext("document", "How to pay"),
        "notes": pgettext("document", "Notes"),
        "page": pgettext("document", "Page {page} of {pages}"),
    }


def tax_label(name: str, rate: str, base: str) -> str:
    """Return "VAT 21% on €100.00"."""
    template = pgettext("document", "{tax} {rate} on {base}")
    return template.format(tax=name or pgettext("document", "Tax"), rate=rate, base=base)


def missing_warning(signs: str) -> str:
    """Return the note that stands on a document some of whose ``signs`` no font has."""
    template = pgettext(
        "document",
        "Some characters could not be printed, because no installed font has them; "
        "\N{REPLACEMENT CHARACTER} stands in their place: {characters}.",
    )
    # Joiners are no loss: they show nothing by themselves.
    lost = [sign for sign in dict.fromkeys(signs) if unicodedata.category(sign) != "Cf"]
    codes = [f"U+{ord(sign):04X}" for sign in lost[:MOST_NAMED]]
    more = ["…"] if len(lost) > MOST_NAMED else []
    return template.format(characters=", ".join(codes + more))
