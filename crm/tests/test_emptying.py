"""What a test with transactions leaves behind is gone before the next one; the triggers are not."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from crm.base.trail import append_only
from crm.base.trail.fence import unaudited
from crm.tests.emptying import KEPT
from invoices import frozen
from invoices.tests.make import make_invoice

pytestmark = pytest.mark.django_db(transaction=True)
# What SQLite counts with, and what its full-text search is made of.
INTERNAL = ("sqlite_sequence", "_search", "_config", "_data", "_docsize", "_idx")


def filled() -> list[str]:
    """Return the tables that have rows."""
    tables = set(connection.introspection.table_names()) - KEPT
    with connection.cursor() as cursor:
        return [one for one in sorted(tables) if not one.endswith(INTERNAL) and _any(cursor, one)]


def _any(cursor: Any, table: str) -> bool:
    cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608 — our own names
    return cursor.fetchone() is not None


def frozen_triggers() -> set[str]:
    with connection.cursor() as cursor:
        return frozen.names(cursor)


def test_everything_goes_and_the_triggers_stay() -> None:
    before = frozen_triggers()
    invoice = make_invoice()
    invoice.customer.city = "Lima"  # which leaves a replaced text
    invoice.customer.save()
    assert {"customers_customer_texts", "customers_customer_tally"} <= set(filled())
    call_command("flush", interactive=False)
    assert filled() == []
    assert append_only.missing() == []
    assert frozen_triggers() == before


def test_what_is_issued_afterwards_is_kept_as_ever() -> None:
    make_invoice()
    call_command("flush", interactive=False)
    make_invoice()
    with pytest.raises(IntegrityError), unaudited("a trigger refuses it"):
        connection.cursor().execute("DELETE FROM invoices_invoice")
