"""What a printed invoice says: plain values, ready to be laid out.

All arithmetic is done before: a document is printed as it is, and nothing here adds up.
Texts are shown as they are, line breaks included; none of them is ever read as markup.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True)
class Party:
    """Who sells or buys. ``address`` and ``contact`` (email, phone, site) are lines of text."""

    name: str
    tax_id: str = ""
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """``tax_rate`` is in per cent; ``amount`` is without tax, rounded to the currency."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Tax:
    """The tax at one rate, in per cent, on the sum of the lines that carry it.

    ``name`` is what the seller's country calls it ("IVA", "VAT"); without it, it is called tax.
    """

    rate: Decimal
    base: Decimal
    amount: Decimal
    name: str = ""


@dataclass(frozen=True)
class Corrected:
    """The invoice that a credit note corrects."""

    number: str
    issue_date: date


@dataclass(frozen=True)
class Document:
    """An invoice or a credit note; amounts of both are positive, as their title says the rest.

    ``currency`` is an ISO 4217 code. ``language`` is the customer's ("es", "ru", "de-AT"): labels
    come from the project's catalogues (English where there is none), formats from CLDR.
    An empty ``number`` marks a draft, and a date that is None is left out. ``paid`` is shown only
    when it is not zero. ``logo`` is the content of a PNG, JPEG or WebP file; a broken one is
    left out. ``payment`` tells how to pay (IBAN, reference), ``notes`` anything about this
    document, ``footer`` stands at the foot of every page (register, legal form).
    """

    kind: Kind
    number: str
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal = Decimal(0)
    issue_date: date | None = None
    due_date: date | None = None
    language: str = "en"
    corrects: Corrected | None = None
    description: str = ""
    payment: str = ""
    notes: str = ""
    footer: str = ""
    logo: bytes = b""
