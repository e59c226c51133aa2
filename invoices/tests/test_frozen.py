"""What is issued stays as it is, by whatever path somebody tries to change it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from crm.base.errors import Conflict, UnauditedWrite
from crm.base.trail.fence import unaudited
from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from invoices import frozen
from invoices.kinds import MUTABLE
from invoices.models import Invoice, InvoiceLine, Payment, Printout
from invoices.tests.make import line, make_draft, make_invoice

pytestmark = pytest.mark.django_db

ANY: Any = {"HTTP_IF_MATCH": "*"}


@pytest.fixture
def paid() -> Payment:
    """A payment of an issued invoice, so that there is one of everything."""
    payment: Payment = make_invoice(line(), line()).record_payment(Decimal(10))
    Printout.objects.get_or_create(invoice=payment.invoice, defaults={"digest": "0" * 64})
    return payment


def stored() -> list[Any]:
    models: tuple[Any, ...] = (Invoice, InvoiceLine, Payment, Printout)
    return [list(model.objects.order_by("pk").values()) for model in models]


def run(statement: str) -> None:
    past_the_model = unaudited("the triggers alone refuse it")
    with past_the_model, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


FROZEN = {
    "kind": "'credit_note', corrects_id = 1",
    "number": "'FAC009'",
    "series": "'X'",
    "issue_date": "'2020-01-01'",
    "due_date": "'2999-01-01'",
    "currency": "'USD'",
    "subtotal": "subtotal + 1000, total = total + 1000",
    "tax": "tax + 1000, total = total + 1000",
    "description": "'other'",
    "billing_name": "'other'",
    "seller_name": "'other'",
    "taxes": "'[]'",
    "created_by_id": "NULL, created_at = '2020-01-01'",
}
ANOTHER_LINE = """
    INSERT INTO invoices_invoiceline (invoice_id, position, description, quantity, unit_price,
        tax_rate, currency, amount, created_at, updated_at, version)
    SELECT invoice_id, 9, 'more', 1, 1, 0, 'EUR', 1000, created_at, updated_at, 1
    FROM invoices_invoiceline WHERE position = 1
"""
STATEMENTS = [
    *(f"UPDATE invoices_invoice SET {name} = {value}" for name, value in FROZEN.items()),  # noqa: S608
    "UPDATE invoices_invoice SET status = 'draft', number = NULL, sequence = 0, issue_date = NULL",
    "DELETE FROM invoices_invoice",
    "UPDATE invoices_invoiceline SET description = 'other'",
    "UPDATE invoices_invoiceline SET version = version + 1",
    "DELETE FROM invoices_invoiceline",
    ANOTHER_LINE,
    "UPDATE invoices_payment SET amount = 5000",
    "UPDATE invoices_payment SET version = 2",
    "DELETE FROM invoices_payment",
    "UPDATE invoices_printout SET digest = 'other'",
    "DELETE FROM invoices_printout",
]


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.usefixtures("paid")
def test_no_statement_changes_it(statement: str) -> None:
    before = stored()
    with pytest.raises(IntegrityError, match="stay as they are"):
        run(statement)
    assert stored() == before


@pytest.mark.usefixtures("transactional_db", "paid")  # what is to be emptied must be committed
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", frozen.TABLES)
def test_no_table_is_emptied(table: str) -> None:
    before = stored()
    with pytest.raises(IntegrityError, match="stay as they are"):
        run(f"TRUNCATE {table} CASCADE")
    assert stored() == before


@pytest.mark.usefixtures("paid")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no REPLACE")
@pytest.mark.parametrize("table", frozen.TABLES)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_no_row_is_replaced(table: str, recursive: str) -> None:
    before = stored()
    run(f"PRAGMA recursive_triggers = {recursive}")
    try:
        with pytest.raises(IntegrityError, match="stay as they are"):
            run(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 — a table of ours
    finally:
        run("PRAGMA recursive_triggers = ON")
    assert stored() == before


def test_a_line_is_not_moved_onto_it(paid: Payment) -> None:
    own = make_draft().lines.get()
    moves = f"SET invoice_id = {paid.invoice_id}, position = 7 WHERE id = {own.pk}"
    with pytest.raises(IntegrityError, match="stay as they are"):
        run(f"UPDATE invoices_invoiceline {moves}")


def test_what_happens_to_it_may_still_change() -> None:
    invoice = make_invoice()
    run(f"UPDATE invoices_invoice SET paid_amount = 1000 WHERE id = {invoice.pk}")  # noqa: S608
    run(f"UPDATE invoices_invoice SET paid_amount = 0 WHERE id = {invoice.pk}")  # noqa: S608
    invoice.cancel()
    with pytest.raises(IntegrityError, match="stay as they are"):
        run("UPDATE invoices_invoice SET status = 'pending', credited_amount = 0")


def test_every_column_is_frozen_or_named_as_one_that_is_not() -> None:
    columns = {field.attname for field in Invoice._meta.concrete_fields}
    assert columns >= MUTABLE
    with connection.cursor() as cursor:
        names = frozen.names(cursor)
    events = {"sqlite": 12, "postgresql": 13}[connection.vendor]
    assert len(names) == events


def changed(record: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    record.save()


PATHS: dict[str, Callable[[Payment], Any]] = {
    "save": lambda paid: changed(paid.invoice, description="x"),
    "save a total": lambda paid: changed(paid.invoice, total=Decimal(1), subtotal=Decimal(1)),
    "another customer": lambda paid: changed(paid.invoice, customer=make_customer()),
    "write": lambda paid: paid.invoice.write([line()]),
    "delete": lambda paid: paid.invoice.delete(),
    "delete many": lambda paid: Invoice.objects.all().delete(),
    "update many": lambda paid: Invoice.objects.audited_update(description="x"),
    "a line": lambda paid: changed(paid.invoice.lines.first(), quantity=3),
    "another line": lambda paid: InvoiceLine.objects.create(
        invoice=paid.invoice, position=9, description="x", unit_price=1, tax_rate=0, currency="EUR"
    ),
    "delete a line": lambda paid: paid.invoice.lines.first().delete(),
    "delete lines": lambda paid: paid.invoice.lines.all().delete(),
    "update lines": lambda paid: InvoiceLine.objects.audited_update(description="x"),
    "a payment": lambda paid: changed(paid, reference="x"),
    "delete a payment": lambda paid: paid.delete(),
    "delete payments": lambda paid: Payment.objects.all().delete(),
    "update payments": lambda paid: Payment.objects.audited_update(reference="x"),
}
UNAUDITED: dict[str, Callable[[Payment], Any]] = {
    "update": lambda paid: Invoice.objects.update(total=1),
    "update lines": lambda paid: InvoiceLine.objects.update(quantity=1),
    "update payments": lambda paid: Payment.objects.update(amount=1),
}


@pytest.mark.parametrize("path", PATHS)
def test_no_path_of_the_orm_changes_it(paid: Payment, path: str) -> None:
    before = stored()
    with pytest.raises(Conflict) as refusal:
        PATHS[path](paid)
    assert refusal.value.code == "frozen"
    assert stored() == before


@pytest.mark.parametrize("path", UNAUDITED)
def test_what_would_leave_no_history_is_refused_too(paid: Payment, path: str) -> None:
    with pytest.raises(UnauditedWrite):
        UNAUDITED[path](paid)


def test_the_api_answers_with_a_conflict(as_alice: ApiClient, paid: Payment) -> None:
    before, path = stored(), f"/api/v1/invoices/{paid.invoice_id}"
    for response in (
        as_alice.patch(path, {"description": "x"}, **ANY),
        as_alice.patch(path, {"lines": []}, **ANY),
        as_alice.patch(path, {"customer": make_customer().pk}, **ANY),
        as_alice.delete(path, **ANY),
    ):
        assert (response.status_code, response.json()["code"]) == (409, "frozen")
    assert stored() == before


def test_triggers_are_made_anew_after_a_migration() -> None:
    with connection.cursor() as cursor:
        before = frozen.names(cursor)
        frozen.lift()
        assert frozen.names(cursor) == set()
        frozen.install(apps.get_app_config("invoices"), using="default")
        assert frozen.names(cursor) == before
