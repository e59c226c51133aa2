"""What tells of the past is added to, never changed: triggers refuse it, whoever writes.

A model says ``append_only = True``, and in ``erasable`` which columns may lawfully be emptied; of a
history table they are the record's values. The triggers are made after a migration and not in one:
SQLite rebuilds a table to alter it and drops its triggers silently.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections, transaction

from crm.base.storing.triggers import Trigger, schema_of
from crm.base.trail import append_only_postgresql, append_only_sqlite

MESSAGE = "the audit trail is only added to"
# What of a record's history is never erased, beside what it points to: which record, and when.
KEPT = {"id", "created_at", "updated_at", "version"}


def append_only_models() -> list[Any]:
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def erasable(model: Any) -> list[str]:
    """Return the columns that ``erasing`` lets be changed.

    With a value of a history goes what would prove it; that the rest holds, the proof still tells.
    """
    tracked = getattr(model, "tracked_fields", None)
    if tracked is None:
        return list(model.erasable)
    values = [one.column for one in tracked if not one.is_relation and one.name not in KEPT]
    return [*values, "proof"]


def missing(using: str = "default") -> list[str]:
    """Return the tables whose triggers are not there, switched off, or not as we make them."""
    with connections[using].cursor() as cursor:
        wanted = _wanted(cursor)
        found = _engine(cursor).found(cursor, list(wanted))
    return [table for table, made in wanted.items() if not {one.known_as for one in made} <= found]


def install(using: str = "default", **_: Any) -> None:
    """Make the triggers that are missing, after a migration."""
    tables = missing(using)
    if not tables:
        return
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        wanted, schema = _wanted(cursor), schema_of(cursor, tables[0])
        _engine(cursor).prepare(cursor, schema, MESSAGE)
        # What needed no more than that is left alone: no writer waits for it.
        for table in missing(using):
            _engine(cursor).drop(cursor, table, schema)
            for trigger in wanted[table]:
                for statement in trigger.statements:
                    cursor.execute(statement)


def lift(using: str = "default") -> None:
    """Let anything be done, for a test whose tables are emptied next; ``install`` ends it."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        tables = list(_wanted(cursor))
        _engine(cursor).lift(cursor, tables, schema_of(cursor, tables[0]))


@contextmanager
def erasing(using: str = "default") -> Iterator[None]:
    """Let the block, one transaction, give erasable columns of the audit trail other values.

    The one lawful way, for what somebody has the right to have forgotten: who did what to which
    record and when stays. No other transaction may erase meanwhile.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        models = {model: erasable(model) for model in _stored(cursor)}
        let_erase = _engine(cursor).let_erase
        let_erase(cursor, models=models, allowed=True, message=MESSAGE)
        yield
        let_erase(cursor, models=models, allowed=False, message=MESSAGE)


def _engine(cursor: Any) -> Any:
    return append_only_sqlite if cursor.db.vendor == "sqlite" else append_only_postgresql


def _stored(cursor: Any) -> list[Any]:
    """Return the models whose tables are there: a migration may stop on its way."""
    tables = set(cursor.db.introspection.table_names(cursor))
    return [model for model in append_only_models() if model._meta.db_table in tables]


def _wanted(cursor: Any) -> dict[str, list[Trigger]]:
    """Return the triggers that each table should have."""
    models = _stored(cursor)
    schema = schema_of(cursor, models[0]._meta.db_table) if models else ""
    make = _engine(cursor).triggers
    return {
        model._meta.db_table: list(make(model, erasable(model), schema, MESSAGE))
        for model in models
    }
