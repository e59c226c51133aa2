"""Issued documents stay as they are, whoever writes and however: triggers see to it.

They are made after a migration and not in one: SQLite rebuilds a table to alter it and drops its
triggers silently.
"""

from itertools import chain
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, transaction

from crm.base.storing.triggers import names_on, schema_of
from invoices.frozen_triggers import (
    INVOICE,
    LINE,
    PAYMENT,
    PREFIX,
    PRINTOUT,
    for_postgresql,
    for_sqlite,
)
from invoices.kinds import MUTABLE

TABLES = (INVOICE, LINE, PAYMENT, PRINTOUT)


def install(sender: AppConfig, using: str, **_: Any) -> None:
    """Make the triggers that are not there, and those anew whose columns are others."""
    if not set(TABLES) <= set(connections[using].introspection.table_names()):
        return
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        wanted = _wanted(cursor)
        there = names(cursor)
        if there == wanted.keys():
            return
        _drop(cursor, there)
        for statement in chain.from_iterable(wanted.values()):
            cursor.execute(statement)


def lift(using: str = "default") -> None:
    """Drop the triggers, for a test whose tables are emptied next; ``install`` brings them back."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _drop(cursor, names(cursor))


def names(cursor: Any) -> set[str]:
    """Return the names of the triggers that are there, of whatever version."""
    return {name for name in names_on(cursor, list(TABLES)) if name.startswith(PREFIX)}


def _wanted(cursor: Any) -> dict[str, list[str]]:
    fields = apps.get_model("invoices", "Invoice")._meta.concrete_fields
    columns = [str(field.column) for field in fields if field.attname not in MUTABLE]
    if cursor.db.vendor == "sqlite":
        return dict(for_sqlite(columns))
    return dict(for_postgresql(columns, schema_of(cursor, INVOICE)))


def _drop(cursor: Any, there: set[str]) -> None:
    on_sqlite = cursor.db.vendor == "sqlite"
    drop = 'DROP TRIGGER "{}"' if on_sqlite else 'DROP FUNCTION "{}" CASCADE'
    for name in sorted(there):
        cursor.execute(drop.format(name))
