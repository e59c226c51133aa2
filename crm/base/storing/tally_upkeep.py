"""Creates the tallies after a migration, and sums them up."""

from itertools import chain
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models, transaction

from crm.base.storing.tally_triggers import COUNT, FOLD, FOLD_SQLITE, fields, triggers, words
from crm.base.storing.triggers import names_on, schema_of


def tallied_models() -> list[Any]:
    return [model for model in apps.get_models() if fields(model)]


def fold(using: str = "default") -> None:
    """Sum up the differences of each tally, and forget groups without rows; nobody waits for it."""
    on_sqlite = connections[using].vendor == "sqlite"
    statement = FOLD_SQLITE if on_sqlite else FOLD
    with connections[using].cursor() as cursor:
        for model in tallied_models():
            cursor.execute(statement.format(**words(model)))


def install(sender: AppConfig, using: str, **_: Any) -> None:
    """Create what the tallied models of an app need, after its migrations, and count the rows.

    Not in a migration: SQLite rebuilds a table to alter it and drops its triggers silently.
    """
    tables = connections[using].introspection.table_names()
    for model in sender.get_models():
        if fields(model) and model._meta.db_table in tables:
            _install(model, using)


def _install(model: type[models.Model], using: str) -> None:
    connection: Any = connections[using]
    on_sqlite = connection.vendor == "sqlite"
    types = [str(field.db_type(connection)) for field in fields(model)]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        table = model._meta.db_table
        names = words(model, schema_of(cursor, table))
        wanted = triggers(on_sqlite, names, types)
        there = {name for name in names_on(cursor, [table]) if name.startswith(names["prefix"])}
        if there == wanted.keys():
            return
        if not on_sqlite:  # where a transaction is the only writer anyway
            cursor.execute(f"LOCK TABLE {names['table']} IN SHARE ROW EXCLUSIVE MODE")
        drop = "DROP TRIGGER {}" if on_sqlite else f"DROP FUNCTION {names['schema']}{{}}() CASCADE"
        drops = [drop.format(f'"{name}"') for name in there]
        drops.append(f"DROP TABLE IF EXISTS {names['tally']}")
        for statement in (*drops, COUNT.format(**names), *chain.from_iterable(wanted.values())):
            cursor.execute(statement)
