"""Empties the tables after a test with transactions, in a fraction of Django's time.

Django truncates every table and sends ``post_migrate``, so that every trigger is looked at and the
permissions are made again. Here only the tables that have rows lose them.
"""

import sqlite3
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from crm.base.trail import append_only
from crm.base.trail.fence import unaudited
from invoices import frozen
from invoices.apps import InvoicesConfig
from invoices.models import Invoice

# As the migrations leave them.
KEPT = {"django_migrations", ContentType._meta.db_table, Permission._meta.db_table}


class Emptied:
    """The database as it is now, which ``again`` brings it back to."""

    def __init__(self) -> None:
        self._file: Any = None
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            self._file = sqlite3.connect(":memory:")
            connection.connection.backup(self._file)

    def again(self) -> None:
        if self._file:
            connection.ensure_connection()
            self._file.backup(connection.connection)
            return
        with unaudited("the tables of a test are emptied"), transaction.atomic():
            _empty()


def _empty() -> None:
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    tables = set(connection.introspection.table_names()) - KEPT
    append_only.lift()
    has_frozen = Invoice.objects.issued().exists()
    if has_frozen:
        frozen.lift()
    # What triggers write about rows that go is emptied last.
    for some in (tables & models, tables - models):
        _delete(sorted(some))
    if has_frozen:
        frozen.install(apps.get_app_config(InvoicesConfig.name), using=connection.alias)
    append_only.install()


def _delete(tables: list[str]) -> None:
    asked = ", ".join(f'EXISTS (SELECT FROM "{table}")' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        found: Any = cursor.fetchone()
        for table, has_rows in zip(tables, found, strict=True):
            if has_rows:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 — our own names
