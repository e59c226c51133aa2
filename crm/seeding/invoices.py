"""Stores invented invoices of two years, in bulk and by the rules that issue a single one.

The same arithmetic, the same freezing, numbers from the same counter in the order of their dates.
"""

import copy
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from django.db.models import Max

from accounts.models import User
from crm.base.money import amount_text
from crm.seeding.plan import Plan, Progress
from crm.seeding.sales import Sale, Sales
from customers.models import Customer
from invoices import corrections, issuing
from invoices.arithmetic import taxes_on, totals_of
from invoices.models import (
    CompanyProfile,
    Invoice,
    InvoiceLine,
    Kind,
    NumberCounter,
    NumberSeries,
    Payment,
    Status,
)

BATCH = 500
SPANS = 24  # after each, the credit notes of its days: they stand among the invoices
MOST_CUSTOMERS = 10_000  # from whom the sales are drawn
Story = list[Invoice]  # a document's versions after the draft, oldest first


def seed_invoices(plan: Plan, progress: Progress) -> None:
    """Store the invoices of ``plan``; the caller opens the transaction."""
    if not plan.invoices:
        return
    customers = Customer.objects.live().order_by("-pk")[:MOST_CUSTOMERS]
    staff = User.objects.filter(is_active=True).order_by("username")
    known = sorted(customers, key=lambda customer: (customer.registered_at, customer.pk))
    ledger = Ledger(Sales(plan, known, list(staff)), _company())
    sales = ledger.sales.all(plan.invoices, ledger.company)
    size = min(BATCH, plan.invoices // SPANS + 1)
    while known and (batch := list(islice(sales, size))):
        ledger.store(batch)
        progress(len(batch))
    ledger.store_notes(plan.until)


def _company() -> CompanyProfile:
    company = CompanyProfile.objects.current()
    if not company.name:
        company.name, company.tax_id = "Demo, S.L.", "B00000000"
        company.address, company.city, company.country = "Gran Vía 1", "Madrid", "España"
        company.currency, company.tax_rates = "EUR", "21, 10, 0"
        company.bank_details = "IBAN ES91 2100 0418 4502 0005 1332"
        company.save()
    return company


class Ledger:
    """Writes sales down, and the credit notes that come later when their day has come."""

    def __init__(self, sales: Sales, company: CompanyProfile) -> None:
        self.sales, self.company = sales, company
        self._notes: list[tuple[date, Invoice, list[InvoiceLine]]] = []
        # Numbers and dates go the same way, also where others issued before.
        newest = NumberCounter.objects.aggregate(day=Max("last_date"))["day"]
        self._first_day: date = newest or date.min

    def store(self, sales: Sequence[Sale]) -> None:
        for sale in sales:
            _add_up(sale.invoice, sale.lines)
        self._store_drafts([(sale.invoice, sale.lines) for sale in sales])
        issued = [sale for sale in sales if sale.fate != "draft"]
        stories = [[self._issued(sale.invoice, sale.lines, sale.moment)] for sale in issued]
        _number([story[0] for story in stories], Kind.INVOICE)
        payments: list[Payment] = []
        for sale, story in zip(issued, stories, strict=True):
            self._follow(sale, story, payments)
        Invoice.objects.audited_bulk_change(stories)
        Payment.objects.audited_bulk_create(payments)
        self.store_notes(self._day(sales[-1].moment))

    def store_notes(self, until: date) -> None:
        """Store the credit notes of the days up to ``until``."""
        self._notes.sort(key=lambda note: note[0])
        due = [note for note in self._notes if note[0] <= until]
        self._notes = self._notes[len(due) :]
        self._store_drafts([(note, lines) for _day, note, lines in due])
        issued = [self._issued(note, lines, note.created_at) for _day, note, lines in due]
        _number(issued, Kind.CREDIT_NOTE)
        Invoice.objects.audited_bulk_change([[note] for note in issued])

    def _store_drafts(self, drafts: Sequence[tuple[Invoice, list[InvoiceLine]]]) -> None:
        Invoice.objects.audited_bulk_create([invoice for invoice, _lines in drafts])
        lines = [line for _invoice, lines in drafts for line in lines]
        InvoiceLine.objects.audited_bulk_create(lines)

    def _day(self, moment: datetime) -> date:
        return max(self.sales.day(moment), self._first_day)

    def _issued(self, draft: Invoice, lines: list[InvoiceLine], moment: datetime) -> Invoice:
        invoice = copy.copy(draft)
        issuing.freeze(invoice, lines, self.company, self._day(moment))
        invoice.updated_at = moment
        return invoice

    def _follow(self, sale: Sale, story: Story, payments: list[Payment]) -> None:
        """Append what happened to an issued invoice: payments, a credit note."""
        moment = self.sales.later(sale.moment, days=18)
        if moment is None or sale.fate == "pending":
            return
        total = story[0].total
        if sale.fate in ("paid", "part"):
            part = total if sale.fate == "paid" else _half(total, story[0].currency)
            payments.append(self._pay(story, part, moment))
        elif sale.fate == "cancelled" or len(sale.lines) > 1:
            lines = sale.lines if sale.fate == "cancelled" else sale.lines[:1]
            self._credit(story, lines, moment)

    def _pay(self, story: Story, amount: Decimal, moment: datetime) -> Payment:
        invoice = self._next(story, moment)
        invoice.paid_amount += amount
        invoice.status = Status.PENDING if invoice.due_amount else Status.PAID
        return Payment(
            invoice=invoice,
            currency=invoice.currency,
            amount=amount,
            payment_date=self._day(moment),
            created_at=moment,
            created_by=invoice.modified_by,
        )

    def _credit(self, story: Story, lines: Sequence[InvoiceLine], moment: datetime) -> None:
        invoice = self._next(story, moment)
        taken = [corrections.copied(line, line.quantity, line.unit_price) for line in lines]
        left = corrections.taxes_of(invoice)
        note: Invoice = corrections.draw_up(invoice, taken, left, "")
        invoice.credited_amount += note.total
        invoice.status = Status.PENDING if invoice.due_amount else Status.CANCELLED
        for record in (note, *taken):
            record.created_at = record.updated_at = moment
            record.created_by = invoice.modified_by
        self._notes.append((self._day(moment), note, taken))

    def _next(self, story: Story, moment: datetime) -> Invoice:
        version = copy.copy(story[-1])
        version.updated_at, version.modified_by = moment, self.sales.author()
        story.append(version)
        return version


def _add_up(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    taxes = taxes_on([(line.tax_rate, line.amount) for line in lines], invoice.currency)
    invoice.apply(totals_of(taxes, invoice.currency))


def _half(total: Decimal, currency: str) -> Decimal:
    return Decimal(amount_text(total / 2, currency) or 0)


def _number(invoices: Sequence[Any], kind: str) -> None:
    """Give ``invoices``, which are in the order of their dates, the next numbers."""
    series = NumberSeries.objects.of(kind)

    def year_of(invoice: Invoice) -> int:
        return invoice.issue_date.year if series.yearly_reset and invoice.issue_date else 0

    for _year, group in groupby(invoices, key=year_of):
        same = list(group)
        last = series.take(same[-1].issue_date, len(same))
        for place, invoice in enumerate(same, start=last.sequence - len(same) + 1):
            issuing.number(invoice, series, last._replace(sequence=place))
