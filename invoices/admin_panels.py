"""What pages of the back office show of documents beside their fields."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from crm.base.context import current
from crm.base.figures import money
from crm.base.registry import page_panels
from customers.models import Customer
from invoices import facts, reports
from invoices.admin_columns import COLOURS, day, late, link_to, state_of, sum_rows
from invoices.company import CompanyProfile
from invoices.kinds import Kind, Status
from invoices.models import Invoice, Printout

MOST = 10
STATES = dict(Status.choices)


def receivables(documents: Any, today: date) -> list[dict[str, Any]]:
    """Return for each currency what of ``documents`` is to be paid, and what should have been."""
    found: dict[str, list[reports.Row]] = {}
    for row in reports.receivables(documents, today):
        found.setdefault(row["currency"], []).append(row)
    return [_receivable(currency, rows) for currency, rows in found.items()]


def _receivable(currency: str, rows: Sequence[reports.Row]) -> dict[str, Any]:
    late_rows = [row for row in rows if row["age"] != reports.NOT_DUE]
    return {
        "open": money(_sum(rows), currency),
        "late": money(_sum(late_rows), currency),
        "is_late": any(row["count"] for row in late_rows),
    }


def _sum(rows: Iterable[reports.Row]) -> Decimal:
    return sum((row["amount"] for row in rows), Decimal(0))


def document(invoice: Any, may_manage: bool) -> dict[str, Any]:
    """Return the context of a document's page: where it stands, its lines, what was paid."""
    today = CompanyProfile.objects.today()
    key, words = state_of(invoice, today)
    printed = Printout.objects.filter(invoice=invoice).first()
    return {
        "state": words,
        "colour": COLOURS[key],
        "late": late(invoice.days_overdue(today)),
        "facts": _facts(invoice),
        "rows": facts.line_rows(invoice),
        "sums": sum_rows(invoice.totals(), invoice.currency),
        "payments": _payments(invoice),
        "corrections": [_correction(note) for note in invoice.corrections.order_by("id")],
        "corrects": link_to(invoice.corrects) if invoice.corrects_id else "",
        "missing": printed.missing if printed else "",
        "may_manage": may_manage,
    }


def _correction(note: Any) -> dict[str, str]:
    total = money(note.total, note.currency)
    return {"link": link_to(note), "date": day(note.issue_date), "total": total}


def _facts(invoice: Any) -> facts.Facts:
    if invoice.status == Status.DRAFT:
        return []
    dates = [(_("Date"), day(invoice.issue_date))]
    if invoice.kind == Kind.INVOICE:
        dates.append((_("Due date"), day(invoice.due_date)))
        return [*dates, *facts.of_money(invoice)[1:]]
    return [*dates, (_("Total"), money(invoice.total, invoice.currency))]


def _payments(invoice: Any) -> list[dict[str, Any]]:
    payments = invoice.payments.select_related("created_by").order_by("id")
    reversed_ones = {payment.reverses_id for payment in payments}
    return [
        {
            "pk": payment.pk,
            "date": day(payment.payment_date),
            "amount": money(payment.amount, payment.currency),
            "method": payment.get_method_display(),
            "reference": payment.reference,
            "by": payment.created_by,
            "is_reversal": bool(payment.reverses_id),
            "is_reversed": payment.pk in reversed_ones,
        }
        for payment in payments
    ]


def invoices_of(customer: Customer) -> tuple[Any, str] | None:
    """Return the panel of a customer's page: their documents, and sums by state and currency."""
    actor = current().actor
    if actor is None or not actor.has_perm("invoices.view_invoice"):
        return None
    documents = Invoice.objects.visible_to(actor).filter(customer=customer)
    today = CompanyProfile.objects.today()
    newest = list(documents.order_by("-id")[: MOST + 1])
    context = {
        "customer": customer,
        "rows": [_row(invoice, today) for invoice in newest[:MOST]],
        "more": len(newest) > MOST,
        "states": _states(documents),
        "receivables": receivables(documents, today),
        "may_add": actor.has_perm("invoices.add_invoice") and not customer.archived_at,
    }
    return _("Invoices"), render_to_string("invoices/customer_panel.html", context)


def _row(invoice: Any, today: Any) -> dict[str, Any]:
    key, words = state_of(invoice, today)
    return {
        "link": link_to(invoice),
        "date": day(invoice.issue_date),
        "state": words,
        "colour": COLOURS[key],
        "total": money(invoice.total, invoice.currency),
    }


def _states(documents: Any) -> list[dict[str, Any]]:
    return [
        {
            "state": STATES[row["status"]],
            "colour": COLOURS[row["status"]],
            "count": row["count"],
            "total": money(row["total"], row["currency"]),
        }
        for row in reports.states(reports.by_day_and_status(documents))
    ]


page_panels.add(Customer, invoices_of)
