"""SQLite's triggers that let rows be added to a table, and nothing else be done to it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import UniqueConstraint

from crm.base.storing.triggers import Trigger, names_on

_TRIGGER = """CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" {when}
BEGIN SELECT RAISE(ABORT, '{message}'); END"""


def triggers(model: Any, erasable: Sequence[str], schema: str, message: str) -> Iterator[Trigger]:
    """Yield the triggers of the table of ``model``; ``erasable`` and ``schema`` change nothing."""
    # REPLACE deletes a row without saying so.
    yield _trigger(model, "insert", f"WHEN EXISTS ({_replaced(model)})", message)
    yield _trigger(model, "update", "", message)
    yield _trigger(model, "delete", "", message)


def _trigger(model: Any, event: str, when: str, message: str) -> Trigger:
    table = model._meta.db_table
    name = f"{table}_append_only_{event}"
    statement = _TRIGGER.format(name=name, event=event, table=table, when=when, message=message)
    return Trigger(name, [statement], (table, name, statement))


def _replaced(model: Any) -> str:
    """Return the SELECT of the row that a new one would take the place of."""
    meta = model._meta
    constraints = [one for one in meta.constraints if isinstance(one, UniqueConstraint)]
    unique = [[field.name] for field in meta.concrete_fields if field.unique]
    unique += [list(one.fields) for one in constraints if one.fields]
    columns = [[meta.get_field(name).column for name in names] for names in unique]
    alike = (" AND ".join(f'old."{name}" = NEW."{name}"' for name in names) for names in columns)
    return f'SELECT 1 FROM "{meta.db_table}" AS old WHERE {" OR ".join(alike)}'  # noqa: S608 — our own names


def found(cursor: Any, tables: list[str]) -> set[tuple[Any, ...]]:
    """Return what the database says of its triggers."""
    cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
    return set(cursor.fetchall())


def prepare(cursor: Any, schema: str, message: str) -> None:
    """Do nothing: each trigger stands alone."""


def lift(cursor: Any, tables: list[str], schema: str) -> None:
    """Let anything be done, until the triggers are made anew."""
    for table in tables:
        drop(cursor, table, schema)


def drop(cursor: Any, table: str, schema: str) -> None:
    for name in names_on(cursor, [table]):
        if name.startswith(f"{table}_append_only_"):
            cursor.execute(f'DROP TRIGGER "{name}"')


def let_erase(cursor: Any, models: dict[Any, list[str]], allowed: bool, message: str) -> None:
    """Let erasable columns change, or no longer.

    Nobody else writes until the transaction ends, and a rollback undoes this, too.
    """
    for model, erasable in models.items():
        columns = [field.column for field in model._meta.concrete_fields]
        kept = [column for column in columns if column not in erasable]
        differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in kept)
        update = _trigger(model, "update", f"WHEN {differs}" if allowed else "", message)
        cursor.execute(f'DROP TRIGGER IF EXISTS "{update.name}"')
        cursor.execute(update.statements[0])
