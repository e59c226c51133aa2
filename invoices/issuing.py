"""From draft to document: the number, the dates, the copies."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Conflict, invalid
from invoices import printing
from invoices.arithmetic import taxes_on, totals_of
from invoices.company import CompanyProfile
from invoices.kinds import Kind, Status
from invoices.series import NumberSeries, Place


def issue(invoice: Any, on: date | None = None) -> None:
    """Freeze the draft ``invoice`` under the next number of its series.

    The number is taken last: whatever fails before or after, it is given back with the
    transaction, and whoever waits for the series waits for one row to be written.
    """
    with transaction.atomic():
        invoice.lock()
        if invoice.status != Status.DRAFT:
            raise Conflict(_("This document is issued already."), code="not_draft")
        company = CompanyProfile.objects.current()
        freeze(invoice, list(invoice.lines.all()), company, on or company.today())
        series = NumberSeries.objects.of(invoice.kind)
        number(invoice, series, series.take(invoice.issue_date))
        _refuse_taken(invoice)
        invoice.save()
        # Not inside: others wait for the number. What fails here is made when it is asked for.
        transaction.on_commit(partial(printing.printout, invoice), robust=True)


def freeze(invoice: Any, lines: list[Any], company: CompanyProfile, on: date) -> None:
    """Make ``invoice`` what it will stay, but for its number."""
    _check(invoice, lines, company, on)
    if invoice.kind == Kind.INVOICE:
        taxable = [(line.tax_rate, line.amount) for line in lines]
        invoice.apply(totals_of(taxes_on(taxable, invoice.currency), invoice.currency))
        invoice.copy_billing(invoice.customer)
    invoice.copy_seller(company)
    invoice.issue_date = on
    if invoice.due_date is None:
        has_term = invoice.kind == Kind.INVOICE
        invoice.due_date = on + timedelta(days=company.payment_term_days if has_term else 0)
    settle_at_once = invoice.kind == Kind.CREDIT_NOTE or not invoice.total
    invoice.status = Status.PAID if settle_at_once else Status.PENDING
    invoice.paid_amount = invoice.total if settle_at_once else invoice.paid_amount


def number(invoice: Any, series: NumberSeries, place: Place) -> None:
    """Put ``invoice`` at its place in the series."""
    invoice.series, invoice.series_year, invoice.sequence = place
    invoice.number = series.number(place.sequence, invoice.issue_date)


def _refuse_taken(invoice: Any) -> None:
    """Raise ``Conflict`` where another code or pattern has made this number before."""
    if type(invoice).objects.filter(number=invoice.number).exists():
        text = _("%(number)s is taken. An administrator has to change the pattern of the series.")
        message = text % {"number": invoice.number}
        raise Conflict(message, code="number_taken", fields={"number": message})


def _check(invoice: Any, lines: list[Any], company: CompanyProfile, on: date) -> None:
    if not company.name:
        message = _("Nobody has entered the company's name and address yet.")
        raise Conflict(message, code="company_missing")
    if not lines:
        raise invalid("lines", _("A document needs at least one line."), "required")
    if on > company.today():
        raise invalid("issue_date", _("A document is not dated in the future."), "future")
    if invoice.due_date and invoice.due_date < on:
        raise invalid("due_date", _("It would be due before its date."), "before_issue")
    if invoice.kind == Kind.INVOICE and invoice.customer.archived_at:
        raise Conflict(_("This customer is archived."), code="customer_archived")
