"""Fifty random invoices: the API, the printed document and the reports say the same of them."""

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from crm.base.currencies import exponent
from crm.tests.clients import ApiClient
from invoices import printing
from invoices.models import Invoice
from invoices.pdf.formats import Formats
from invoices.pdf.labels import locale_for
from invoices.tests.make import line, make_company, make_draft
from invoices.tests.test_printing import text_of

pytestmark = pytest.mark.django_db

CURRENCIES = ("JPY", "EUR", "KWD")
LANGUAGES = ("es", "en", "ru")
RATES = ("0", "4", "10", "21", "8.875")
REPORTED = ("invoiced", "credited", "paid", "pending", "cancelled")


def random_line(dice: random.Random) -> dict[str, Any]:
    quantity, price = dice.randint(1, 99_999), dice.randint(0, 9_999_999)
    return line(
        quantity=Decimal(quantity).scaleb(-3),
        unit_price=Decimal(price).scaleb(-4),
        tax_rate=dice.choice(RATES),
    )


def random_invoice(dice: random.Random) -> Invoice:
    """Return an issued invoice to which something has happened since."""
    lines = [random_line(dice) for _ in range(dice.randint(1, 6))]
    invoice = make_draft(*lines, currency=dice.choice(CURRENCIES), language=dice.choice(LANGUAGES))
    invoice.issue()
    fate = dice.choice(["nothing", "paid", "credited", "cancelled"])
    if fate == "paid" and invoice.total:
        invoice.record_payment(invoice.total)
    elif fate == "credited" and (sold := [one for one in invoice.lines.all() if one.amount]):
        invoice.credit([{"line": sold[0].pk, "amount": sold[0].amount}])
    elif fate == "cancelled":
        invoice.cancel()
    return invoice


def printed_wrongly(document: dict[str, Any]) -> list[str]:
    """Return the amounts of ``document`` that its PDF does not show."""
    text = text_of(printing.printout(Invoice.objects.get(pk=document["id"])).path.read_bytes())
    currency = document["currency"]
    formats = Formats(locale_for(document["language"]), currency, exponent(currency))
    money = [document["subtotal"], document["total"]]
    money += [row[name] for row in document["taxes"] for name in ("base", "tax")]
    shown = [formats.money(Decimal(amount)) for amount in money]
    shown += [formats.number(Decimal(row["amount"]), formats.digits) for row in document["lines"]]
    plain = [" ".join(amount.split()) for amount in shown]
    return [word for word in [document["number"], *plain] if f" {word} " not in f" {text} "]


def reported(documents: list[dict[str, Any]]) -> dict[str, dict[str, Decimal]]:
    """Return the sums that the reports must show of each currency."""
    sums: dict[str, dict[str, Decimal]] = {}
    for one in documents:
        found = sums.setdefault(one["currency"], defaultdict(Decimal))
        is_invoice, total = one["kind"] == "invoice", Decimal(one["total"])
        found["invoiced" if is_invoice else "credited"] += total
        found["pending"] += Decimal(one["due_amount"])
        found["paid"] += Decimal(one["paid_amount"]) if is_invoice else 0
        found["cancelled"] += total if one["status"] == "cancelled" else 0
    return sums


@pytest.fixture
def documents(as_sam: ApiClient) -> list[dict[str, Any]]:
    """Fifty, and the credit notes among them, as the API tells them."""
    dice = random.Random(5)  # noqa: S311 — the same every time
    make_company()
    for _ in range(50):
        random_invoice(dice)
    numbers = Invoice.objects.order_by("pk").values_list("pk", flat=True)
    return [as_sam.get(f"/api/v1/invoices/{pk}").json() for pk in numbers]


@pytest.mark.any_database
def test_what_is_printed_agrees(documents: list[dict[str, Any]]) -> None:
    assert {one["number"]: printed_wrongly(one) for one in documents if printed_wrongly(one)} == {}


def test_the_reports_agree(documents: list[dict[str, Any]], as_sam: ApiClient) -> None:
    for one in documents:
        amounts = sum((Decimal(row["amount"]) for row in one["lines"]), Decimal(0))
        taxes = sum((Decimal(row["tax"]) for row in one["taxes"]), Decimal(0))
        assert (amounts, taxes) == (Decimal(one["subtotal"]), Decimal(one["tax"]))
        assert amounts + taxes == Decimal(one["total"])
    expected = reported(documents)
    customers = as_sam.get("/api/v1/reports/customers?page_size=200").json()["results"]
    report = as_sam.get("/api/v1/reports/invoices").json()
    for currency, sums in expected.items():
        of_it = [row for row in customers if row["currency"] == currency]
        for name in REPORTED:
            assert sum(Decimal(row[name]) for row in of_it) == sums[name], name
        [month] = [row for row in report["months"] if row["currency"] == currency]
        billed = sums["invoiced"] - sums["credited"]
        assert (Decimal(month["billed"]), Decimal(month["paid"])) == (billed, sums["paid"])
        due = [row for row in report["receivables"] if row["currency"] == currency]
        assert sum(Decimal(row["amount"]) for row in due) == sums["pending"]
