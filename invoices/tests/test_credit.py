"""Credit notes: an invoice taken back, in whole or in part."""

from decimal import Decimal
from typing import Any

import pytest

from crm.tests.clients import ApiClient
from invoices.models import Invoice, Kind, NumberCounter
from invoices.tests.make import line, make_draft, make_invoice

pytestmark = pytest.mark.django_db

ANY: Any = {"HTTP_IF_MATCH": "*"}
INVOICES = "/api/v1/invoices"


def cancel(client: ApiClient, invoice: Invoice, **body: Any) -> Any:
    return client.post(f"{INVOICES}/{invoice.pk}/cancel", body, **ANY)


def credit(client: ApiClient, invoice: Invoice, *parts: dict[str, Any]) -> Any:
    return client.post(f"{INVOICES}/{invoice.pk}/credit", {"lines": parts}, **ANY)


def told(client: ApiClient, invoice: Invoice) -> Any:
    return client.get(f"{INVOICES}/{invoice.pk}").json()


def test_cancelling_makes_a_note_for_the_whole_with_a_number_of_its_own(
    as_maria: ApiClient,
) -> None:
    invoice = make_invoice(line(), line(quantity="-1", unit_price="10"), description="Work")
    note = cancel(as_maria, invoice, description="Sent twice").json()
    assert (note["kind"], note["number"], note["corrects"]) == ("credit_note", "NC001", invoice.pk)
    assert (note["total"], note["status"], note["due_amount"]) == ("108.90", "paid", "0.00")
    assert note["description"] == "Sent twice"
    assert [one["amount"] for one in note["lines"]] == ["100.00", "-10.00"]
    row = told(as_maria, invoice)
    assert (row["status"], row["credited_amount"], row["due_amount"]) == (
        "cancelled",
        "108.90",
        "0.00",
    )
    assert cancel(as_maria, invoice).json()["code"] == "cancelled"
    assert cancel(as_maria, Invoice.objects.get(pk=note["id"])).json()["code"] == "not_an_invoice"


def test_a_part_by_quantity_and_a_part_by_amount(as_maria: ApiClient) -> None:
    invoice = make_invoice(line(), line(quantity=1, unit_price="10", tax_rate=10))
    first, second = invoice.lines.all()
    parts = {"line": first.pk, "quantity": "0.5"}, {"line": second.pk, "amount": "4"}
    note = credit(as_maria, invoice, *parts).json()
    assert [(one["quantity"], one["unit_price"], one["amount"]) for one in note["lines"]] == [
        ("0.5", "50", "25.00"),
        ("1", "4", "4.00"),
    ]
    assert (note["subtotal"], note["tax"], note["total"]) == ("29.00", "5.65", "34.65")
    row = told(as_maria, invoice)
    assert (row["status"], row["due_amount"]) == ("pending", "97.35")
    rest = cancel(as_maria, invoice).json()
    assert (rest["total"], told(as_maria, invoice)["status"]) == ("97.35", "cancelled")


def test_parts_never_come_to_more_than_the_whole_to_the_cent(as_maria: ApiClient) -> None:
    invoice = make_invoice(line(quantity=3, unit_price="0.333", tax_rate=21))  # 1.00 + 0.21
    [only] = invoice.lines.all()
    totals = []
    for _ in range(3):
        note = credit(as_maria, invoice, {"line": only.pk, "quantity": "1"}).json()
        totals.append(Decimal(note["total"]))
    assert sum(totals) == Decimal("1.20")  # three times 0.33, and the cent that is left
    assert Decimal(cancel(as_maria, invoice).json()["total"]) == Decimal("0.01")
    assert told(as_maria, invoice)["status"] == "cancelled"


@pytest.mark.parametrize(
    "part",
    [
        *({"quantity": "2.0001"}, {"quantity": "0"}, {"quantity": "-1"}, {"amount": "100.01"}),
        *({"amount": "0"}, {"amount": "-1"}, {"amount": "0.001"}, {"amount": "NaN"}),
        *({}, {"amount": "1", "quantity": "1"}, {"amount": "1", "colour": "red"}),
        *({"line": 0, "amount": "1"}, {"line": "x", "amount": "1"}),
    ],
)
def test_a_part_that_does_not_fit_is_named_and_takes_no_number(
    as_maria: ApiClient, part: dict[str, Any]
) -> None:
    invoice = make_invoice()
    response = credit(as_maria, invoice, {"line": invoice.lines.get().pk} | part)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].startswith("lines.0")
    assert not Invoice.objects.filter(kind=Kind.CREDIT_NOTE).exists()
    assert not NumberCounter.objects.filter(series="NC").exists()


def test_a_line_of_another_invoice_or_named_twice_is_no_line(as_maria: ApiClient) -> None:
    invoice, other = make_invoice(), make_invoice()
    foreign = {"line": other.lines.get().pk, "quantity": "1"}
    assert credit(as_maria, invoice, foreign).json()["errors"][0]["code"] == "unknown_line"
    own = {"line": invoice.lines.get().pk, "quantity": "1"}
    errors = credit(as_maria, invoice, own, own).json()["errors"]
    assert [(error["field"], error["code"]) for error in errors] == [("lines.1", "unknown_line")]
    assert credit(as_maria, invoice).status_code == 422


def test_a_discount_goes_back_with_what_it_was_given_for(as_maria: ApiClient) -> None:
    invoice = make_invoice(line(), line(quantity=-1, unit_price=20))  # 121.00 without 24.20
    sold, discount = ({"line": one.pk, "quantity": one.quantity} for one in invoice.lines.all())
    alone = credit(as_maria, invoice, discount)
    assert (alone.status_code, alone.json()["errors"][0]["code"]) == (422, "negative")
    whole = credit(as_maria, invoice, sold).json()
    assert (whole["code"], whole["left"]) == ("more_than_left", "96.80")
    assert credit(as_maria, invoice, sold, discount).json()["total"] == "96.80"


def test_payments_come_back_before_what_they_paid_for(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    payment = invoice.record_payment(Decimal(100))
    assert cancel(as_maria, invoice).json()["code"] == "payments_in_the_way"
    part = {"line": invoice.lines.get().pk, "amount": "17.36"}  # 21.01 with its tax
    assert credit(as_maria, invoice, part).json()["code"] == "payments_in_the_way"
    small = part | {"amount": "17.35"}  # 20.99: what is paid still fits
    assert credit(as_maria, invoice, small).status_code == 201
    payment.reverse()
    assert cancel(as_maria, invoice).status_code == 201
    assert not Invoice.objects.filter(series="NC", sequence__gt=2).exists()


def test_paying_the_rest_after_a_credit_is_paying_all(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    credit(as_maria, invoice, {"line": invoice.lines.get().pk, "amount": "50"})
    invoice.record_payment(Decimal("60.50"))
    assert invoice.status == "paid"


def test_a_draft_is_deleted_and_not_cancelled(as_maria: ApiClient) -> None:
    assert cancel(as_maria, make_draft()).json()["code"] == "not_issued"


def test_a_note_names_whom_the_invoice_named(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    customer = invoice.customer
    customer.name = "Renamed"
    customer.save()
    customer.archive(confirmed=True)  # and somebody who left is credited, too
    assert cancel(as_maria, invoice).json()["billing_name"] == invoice.billing_name


@pytest.mark.parametrize("verb", ["issue", "cancel", "credit"])
def test_the_verbs_say_which_version_they_are_about(as_maria: ApiClient, verb: str) -> None:
    invoice = make_draft() if verb == "issue" else make_invoice()
    path = f"{INVOICES}/{invoice.pk}/{verb}"
    assert as_maria.post(path, {}).status_code == 428
    assert as_maria.post(path, {}, HTTP_IF_MATCH='"0-0"').status_code == 412
