"""Makes invoices with two lines each inside PostgreSQL."""

from pathlib import Path
from typing import Any

from django.apps import apps
from psycopg import sql
from psycopg.abc import Params

from benchmarks.lead_tables import insert_past, made
from benchmarks.tables import Database, continue_numbers, insert, without_indexes
from invoices import frozen
from invoices.models import Invoice, InvoiceLine

MAKE = sql.SQL(Path(__file__).with_name("invoices.sql").read_text(encoding="utf-8"))
LINES = sql.SQL(
    """
    SELECT invoice.id AS invoice_id, n AS position, 'Service ' || n AS description, 1 AS quantity,
        (invoice.subtotal / 2 + (n - 1) * (invoice.subtotal %% 2)) / 1000.0 AS unit_price,
        10 AS tax_rate, invoice.currency,
        invoice.subtotal / 2 + (n - 1) * (invoice.subtotal %% 2) AS amount,
        invoice.created_at, invoice.created_at AS updated_at, invoice.created_by_id,
        invoice.modified_by_id
    FROM invoices_invoice AS invoice, generate_series(1, 2) AS n ORDER BY invoice.id, n
    """
)


def make_invoices(
    database: Database, size: int, until: Any, users: list[int], customers: int
) -> None:
    """Insert documents 1 to ``size`` of the last five years, their lines, and the history."""
    models: list[Any] = [Invoice, InvoiceLine, Invoice.history.model, InvoiceLine.history.model]
    words: Params = {"size": size, "until": until, "users": users, "customers": customers}
    frozen.lift()  # lines are added to what is issued here
    with without_indexes(database, models):
        insert(database, Invoice, MAKE, made(database, MAKE, words), words)
        empty: Params = {}
        insert(database, InvoiceLine, LINES, made(database, LINES, empty), empty)
        for model in models[:2]:
            insert_past(database, model)
    for model in models:
        continue_numbers(database, model)
    frozen.install(apps.get_app_config("invoices"), using="default")
