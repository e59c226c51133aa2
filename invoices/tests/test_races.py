"""Numbers and payments under competing processes; each beside the careless version that fails."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from crm.tests.clients import ApiClient
from crm.tests.races import Answer, answer_of, meeting_point, race
from invoices import issuing
from invoices.models import CompanyProfile, Invoice, NumberCounter, NumberSeries, Payment
from invoices.series import Place
from invoices.tests.make import make_company, make_draft, make_invoice

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

WRITERS, FAILING = (4, 1) if connection.vendor == "sqlite" else (50, 10)
PAYERS = 4
ANY: Any = {"HTTP_IF_MATCH": "*"}


class Interrupted(Exception):
    """Somebody pulled the plug after the number was taken."""


def issue(draft: Invoice, fails: bool) -> None:
    try:
        with transaction.atomic():
            draft.issue()
            if fails:
                raise Interrupted
    except Interrupted:
        pass


def assert_numbers_are_consecutive(issue: Callable[[Invoice, bool], None]) -> None:
    make_company()
    drafts = [make_draft() for _ in range(WRITERS)]
    fails = [number % (WRITERS // FAILING) == 0 for number in range(WRITERS)]
    race(*(partial(issue, draft, bad) for draft, bad in zip(drafts, fails, strict=True)))
    issued = Invoice.objects.issued().order_by("sequence")
    expected = range(1, 1 + WRITERS - FAILING)
    assert list(issued.values_list("sequence", flat=True)) == list(expected)
    assert [one.number for one in issued] == [f"FAC{number:03}" for number in expected]


def test_parallel_issues_give_consecutive_numbers_whoever_fails() -> None:
    assert_numbers_are_consecutive(issue)
    assert NumberCounter.objects.get().last == WRITERS - FAILING


def test_the_largest_number_and_one_would_not() -> None:
    everybody_has_read = meeting_point(WRITERS)

    def careless(draft: Invoice, fails: bool) -> None:
        largest = Invoice.objects.aggregate(largest=Max("sequence"))["largest"]
        everybody_has_read.wait()
        company = CompanyProfile.objects.current()
        issuing.freeze(draft, list(draft.lines.all()), company, company.today())
        series = NumberSeries.objects.of(draft.kind)
        issuing.number(draft, series, Place(series.code, 0, largest + 1))
        try:
            if not fails:
                draft.save()
        except IntegrityError:
            pass

    with pytest.raises(AssertionError, match=r"assert \[1\] == \[1, 2"):
        assert_numbers_are_consecutive(careless)


def pay(client: ApiClient, invoice: Invoice) -> Answer:
    return answer_of(client.post(f"/api/v1/invoices/{invoice.pk}/payments", {"amount": "50"}))


def assert_no_more_is_paid_than_is_due(client: ApiClient) -> None:
    invoice = make_invoice()  # of 121.00: two fit
    answers = race(*[partial(pay, client, invoice)] * PAYERS)
    assert Counter(answer.status for answer in answers) == {201: 2, 409: PAYERS - 2}
    assert Payment.objects.count() == 2
    invoice.refresh_from_db()
    assert (invoice.paid_amount, invoice.status) == (100, "pending")
    assert invoice.history.count() == invoice.version


def test_parallel_payments_never_exceed_what_is_due(as_maria: ApiClient) -> None:
    assert_no_more_is_paid_than_is_due(as_maria)


def test_asking_what_is_due_before_paying_would_exceed_it(
    as_maria: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_asked = meeting_point(PAYERS)

    def careless(self: Invoice, amount: Decimal, **details: Any) -> Payment:
        assert amount <= self.due_amount
        everybody_has_asked.wait()
        payment = Payment(invoice=self, currency="EUR", amount=amount, payment_date="2026-01-01")
        payment.save()
        return payment

    monkeypatch.setattr("crm.base.api.views.unit_of_work", lambda work, **options: work())
    monkeypatch.setattr("crm.base.api.viewsets.UNSAFE_METHODS", ())  # no lock, either
    monkeypatch.setattr(Invoice, "record_payment", careless)
    with pytest.raises(AssertionError, match=f"201: {PAYERS}"):
        assert_no_more_is_paid_than_is_due(as_maria)


def test_of_parallel_reversals_one_wins(as_maria: ApiClient) -> None:
    payment = make_invoice().record_payment(Decimal(121))
    path = f"/api/v1/invoices/{payment.invoice_id}/payments/{payment.pk}/reverse"
    answers = race(*[lambda: answer_of(as_maria.post(path, {}))] * PAYERS)
    assert Counter(answer.status for answer in answers) == {201: 1, 409: PAYERS - 1}
    payment.invoice.refresh_from_db()
    assert payment.invoice.paid_amount == 0


def test_of_parallel_issues_of_one_draft_one_wins(as_maria: ApiClient) -> None:
    make_company()
    path = f"/api/v1/invoices/{make_draft().pk}/issue"
    answers = race(*[lambda: answer_of(as_maria.post(path, {}, **ANY))] * PAYERS)
    assert Counter(answer.status for answer in answers) == {200: 1, 409: PAYERS - 1}
    assert NumberCounter.objects.get().last == 1


def test_cancelling_and_paying_at_once_is_one_of_the_two(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    path = f"/api/v1/invoices/{invoice.pk}/cancel"
    paid, cancelled = race(
        partial(pay, as_maria, invoice), lambda: answer_of(as_maria.post(path, {}, **ANY))
    )
    assert sorted([paid.status, cancelled.status]) == [201, 409]
    invoice.refresh_from_db()
    assert (invoice.status == "cancelled") == (cancelled.status == 201)
    assert (invoice.paid_amount == 50) == (paid.status == 201)


def test_a_line_added_while_it_is_issued_is_in_it_or_refused(as_maria: ApiClient) -> None:
    make_company()
    draft = make_draft()
    path = f"/api/v1/invoices/{draft.pk}"
    line = {"description": "One more", "unit_price": "10", "tax_rate": "0"}
    issued, changed = race(
        lambda: answer_of(as_maria.post(f"{path}/issue", {}, **ANY)),
        lambda: answer_of(as_maria.patch(path, {"lines": [line]}, **ANY)),
    )
    assert issued.status == 200
    draft.refresh_from_db()
    total = Decimal(10) if changed.status == 200 else Decimal(121)
    assert (changed.status in (200, 409), draft.total) == (True, total)
    assert sum(one.amount for one in draft.lines.all()) == draft.subtotal
