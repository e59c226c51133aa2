"""The command that checks what is stored."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from crm.base.trail.fence import unaudited
from invoices import frozen
from invoices.models import Invoice, NumberCounter
from invoices.tests.make import line, make_invoice

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = connection.vendor == "postgresql"


def checked() -> str:
    told = StringIO()
    call_command("check_invoices", stdout=told)
    return told.getvalue()


@pytest.fixture
def documents() -> list[Invoice]:
    first = make_invoice(on=date(2026, 1, 1))
    first.record_payment(Decimal(50)).reverse()
    first.credit([{"line": first.lines.get().pk, "quantity": Decimal(1)}])
    make_invoice(line(), line(quantity=-1, unit_price=3), on=date(2026, 2, 1)).cancel()
    third = make_invoice(on=date(2026, 3, 1))
    third.record_payment(third.total)
    return [first, third]


def test_what_the_rules_wrote_is_right(documents: list[Invoice]) -> None:
    assert "Issued documents: 5." in checked()


DELETION = """
    DELETE FROM invoices_invoiceline WHERE invoice_id = {last};
    DELETE FROM invoices_invoice WHERE id = {last}
"""
LINE = "UPDATE invoices_invoiceline SET amount = 1000 WHERE invoice_id = {first}"


def update(values: str) -> str:
    return f"UPDATE invoices_invoice SET {values}"  # noqa: S608 — ours


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        (DELETION, "FAC003: the counter stands at 4 and not at 3."),
        (LINE, "FAC001: subtotal is 100.000, its parts come to 1.000."),
        (update("sequence = 9 WHERE id = {last}"), "FAC004: numbers missing before it: 5."),
        (update("issue_date = '2026-01-31' WHERE id = {last}"), "FAC004: its date is before"),
        (update("paid_amount = 1 WHERE id = {first}"), "FAC001: paid_amount is 0.001,"),
        (update("credited_amount = 1 WHERE id = {first}"), "FAC001: credited_amount is 0.001,"),
    ],
)
def test_what_somebody_tampered_with_is_named(
    documents: list[Invoice], tampering: str, fault: str
) -> None:
    last, told = make_invoice(on=date(2026, 4, 1)), StringIO()
    with unaudited("somebody tampers"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE") if ON_POSTGRESQL else None
        frozen.lift()
        for statement in tampering.format(first=documents[0].pk, last=last.pk).split(";"):
            cursor.execute(statement)
    with pytest.raises(CommandError, match="Faults found"):
        call_command("check_invoices", stdout=told)
    assert told.getvalue().startswith(fault)


def test_a_series_without_its_documents_is_named() -> None:
    NumberCounter.objects.create(series="X", year=2026, last=4, last_date=date(2026, 1, 1))
    with pytest.raises(CommandError):
        checked()
