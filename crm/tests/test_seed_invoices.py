"""The demo invoices: of every kind, by the rules of real ones."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum

from invoices.models import CompanyProfile, Invoice, Kind, NumberSeries, Payment, Status
from invoices.tests.make import make_invoice

UNTIL = date(2026, 6, 1)

pytestmark = pytest.mark.django_db


def seed(invoices: int = 200, **options: Any) -> None:
    counts = {"customers": 40, "leads": 0, "invoices": invoices}
    call_command("seed", **counts, **{"until": str(UNTIL)} | options)


def assert_gapless(kind: str) -> None:
    issued = list(Invoice.objects.issued().filter(kind=kind).order_by("series_year", "sequence"))
    assert len(issued) > 3
    for before, after in pairwise(issued):
        follows = before.sequence + 1 if before.series_year == after.series_year else 1
        assert (after.sequence, before.issue_date <= after.issue_date) == (follows, True)


def test_there_are_some_of_every_kind_over_two_years() -> None:
    seed()
    invoices = Invoice.objects.filter(kind=Kind.INVOICE)
    assert set(invoices.values_list("status", flat=True)) == set(Status.values)
    assert invoices.overdue(UNTIL).exists()
    pending = invoices.filter(status=Status.PENDING)
    assert pending.filter(paid_amount__gt=0).exists()
    assert pending.filter(credited_amount__gt=0).exists()
    assert invoices.filter(issue_date__lt=UNTIL - timedelta(days=600)).exists()
    assert not invoices.filter(issue_date__gte=UNTIL).exists()


@pytest.mark.parametrize("yearly", [False, True])
def test_numbers_follow_each_other_as_dates_do(yearly: bool) -> None:
    if yearly:
        NumberSeries.objects.create(
            kind=Kind.INVOICE, code="F", pattern="{series}{yy}-{number}", yearly_reset=True
        )
    seed()
    assert_gapless(Kind.INVOICE)
    assert_gapless(Kind.CREDIT_NOTE)


def test_credit_notes_stand_among_the_invoices_of_their_days() -> None:
    seed(300)
    newest = Invoice.objects.order_by("-pk")[:50]
    assert {Kind.INVOICE, Kind.CREDIT_NOTE} == {document.kind for document in newest}


def test_added_to_others_they_come_after_them() -> None:
    make_invoice(on=date(2026, 5, 20))
    seed(force=True)
    assert_gapless(Kind.INVOICE)


def test_what_is_paid_and_credited_is_what_payments_and_notes_say() -> None:
    seed()
    for invoice in Invoice.objects.issued().filter(kind=Kind.INVOICE):
        paid = invoice.payments.aggregate(sum=Sum("amount"))["sum"] or 0
        credited = invoice.corrections.aggregate(sum=Sum("total"))["sum"] or 0
        lines = invoice.lines.aggregate(sum=Sum("amount"))["sum"]
        assert (invoice.paid_amount, invoice.credited_amount) == (paid, credited)
        assert invoice.subtotal == lines
        versions = list(invoice.history.order_by("history_id").values_list("version", flat=True))
        assert versions == list(range(1, invoice.version + 1))
    assert Payment.objects.count() > 50


def test_the_company_of_the_demo_is_not_put_over_a_real_one() -> None:
    CompanyProfile(name="Acme", currency="USD").save()
    seed(20)
    assert CompanyProfile.objects.get().name == "Acme"
    assert set(Invoice.objects.values_list("currency", flat=True)) == {"USD"}
