"""Documents that another system issued: many at once, with the dates they had there."""

import copy
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count, groupby
from typing import Any, NamedTuple

from crm.base.storing import keys
from customers.models import Customer
from invoices import corrections, issuing
from invoices.kinds import Kind, Method, Status
from invoices.lines import LONGEST_DESCRIPTION
from invoices.models import CompanyProfile, Invoice, InvoiceLine, NumberSeries, Payment
from invoices.series import NumberCounter, Place

# Where the installation's own numbers have gone past these dates already.
ASIDE = {Kind.INVOICE: "MIG", Kind.CREDIT_NOTE: "MIGNC"}


class Former(NamedTuple):
    """An invoice of one line without tax; ``status`` is pending, paid or cancelled."""

    number: str
    customer: Customer
    description: str
    amount: Decimal
    status: str
    issued_at: datetime
    issue_date: date


class Case:
    """A former invoice, and what is made of it: a document with its line, as it is today."""

    def __init__(self, former: Former, company: CompanyProfile) -> None:
        self.former, self.company = former, company
        self.document = _draft(former, company)
        self.line = _line(self.document, former)

    def issue(self) -> Invoice:
        issuing.freeze(self.document, [self.line], self.company, self.former.issue_date)
        return self.document

    def settle(self) -> Payment:
        """Pay it on its date: more is not known."""
        paid = self.document
        paid.paid_amount, paid.status = paid.total, Status.PAID
        return Payment(
            invoice=paid,
            currency=paid.currency,
            amount=paid.total,
            payment_date=self.former.issue_date,
            method=Method.OTHER,
            created_at=self.former.issued_at,
        )

    def cancel(self) -> "Case":
        """Take it back on its date, and return the case of the credit note."""
        taken = corrections.copied(self.line, self.line.quantity, self.line.unit_price)
        left = corrections.taxes_of(self.document)
        note = copy.copy(self)
        note.document, note.line = corrections.draw_up(self.document, [taken], left, ""), taken
        note.document.created_at = taken.created_at = self.former.issued_at
        self.document.credited_amount = self.document.total
        self.document.status = Status.CANCELLED
        return note


def take_over(formers: Sequence[Former]) -> list[Invoice]:
    """Store ``formers``, which are in the order of their dates; the caller opens the transaction.

    Each gets the next number of ours and keeps its own as ``legacy_number``, and comes as what it
    is today: a paid one was paid on its date, a cancelled one taken back on it by a credit note.
    """
    company = CompanyProfile.objects.current()
    cases = [Case(former, company) for former in formers]
    _issue(cases, Kind.INVOICE)
    payments = [case.settle() for case in cases if case.former.status == Status.PAID]
    notes = [case.cancel() for case in cases if case.former.status == Status.CANCELLED]
    Invoice.objects.audited_bulk_create([case.document for case in cases])
    Payment.objects.audited_bulk_create(payments)
    _issue(notes, Kind.CREDIT_NOTE)
    Invoice.objects.audited_bulk_create([note.document for note in notes])
    return [case.document for case in cases]


def _issue(cases: Sequence[Case], kind: str) -> None:
    """Store the lines, and make the documents ready to be stored.

    Lines come first, under keys that their documents will have: an issued one takes no more.
    """
    for case, key in zip(cases, keys.draw(Invoice, len(cases)), strict=True):
        case.document.pk = key
    InvoiceLine.objects.audited_bulk_create([case.line for case in cases])
    _number([case.issue() for case in cases], kind)


def _draft(former: Former, company: CompanyProfile) -> Invoice:
    return Invoice(
        customer=former.customer,
        description=former.description,
        legacy_number=former.number,
        currency=company.currency,
        lines_version=1,
        created_at=former.issued_at,
        updated_at=former.issued_at,
    )


def _line(draft: Invoice, former: Former) -> InvoiceLine:
    """Return the line, which is worked out and validated when it is stored."""
    return InvoiceLine(
        invoice=draft,
        position=1,
        description=former.description[:LONGEST_DESCRIPTION],
        unit_price=former.amount,
        tax_rate=Decimal(0),
        currency=draft.currency,
        created_at=former.issued_at,
    )


def _number(invoices: Sequence[Any], kind: str) -> None:
    """Give ``invoices``, which are in the order of their dates, the next numbers."""
    for year, group in groupby(invoices, key=lambda invoice: invoice.issue_date.year):
        same = list(group)
        series = next(one for one in _series(kind) if _takes(one, same[0].issue_date))
        last = series.take(same[-1].issue_date, len(same))
        first = last.sequence - len(same) + 1
        for sequence, invoice in enumerate(same, start=first):
            place = Place(series.code, year if series.yearly_reset else 0, sequence)
            issuing.number(invoice, series, place)


def _series(kind: str) -> Iterator[NumberSeries]:
    """Yield the installation's own series of ``kind``, then others without end."""
    yield NumberSeries.objects.of(kind)
    code = ASIDE[Kind(kind)]
    for number in count(1):
        name = code if number == 1 else f"{code}{number}"
        yield NumberSeries(kind=kind, code=name, pattern="{series}-{number}")


def _takes(series: NumberSeries, day: date) -> bool:
    """Tell whether ``series`` has come no further than ``day``: numbers and dates go together."""
    year = day.year if series.yearly_reset else 0
    counters = NumberCounter.objects.filter(series=series.code, year=year)
    return not counters.filter(last_date__gt=day).exists()
