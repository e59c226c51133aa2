"""What search read before it changed: a table beside each searchable model's, kept by triggers.

A row is a text that was replaced, and until when it stood, with the fields in it that lists look
for exactly (``looked_up``). Texts are never in the history, which tells the fields that they are
made of. A migration that folds texts anew empties these tables: one that is empty is filled from
the history.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections

from crm.base.folding import fold_all

Values = tuple[str | None, ...]
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
BATCH = 1000


def words(model: Any) -> dict[str, str]:
    table, columns = model._meta.db_table, ("search_text", *model.looked_up)
    return {
        "table": table,
        "texts": f"{table}_texts",
        "columns": ", ".join(columns),
        "typed": ", ".join(f"{column} text" for column in columns),
        "new": ", ".join(f"NEW.{column}" for column in columns),
        "old": ", ".join(f"OLD.{column}" for column in columns),
    }


def stored(moment: datetime) -> Any:
    """Return ``moment`` as these tables hold it."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)


def install(sender: AppConfig, using: str, **_: Any) -> None:
    """Create what the searchable models of an app need, after its migrations, and fill it."""
    tables = connections[using].introspection.table_names()
    for model in sender.get_models():
        if getattr(model, "searchable", None) and model._meta.db_table in tables:
            _install(model, using)


def _install(model: Any, using: str) -> None:
    connection = connections[using]
    on_sqlite = connection.vendor == "sqlite"
    statements = _SQLITE if on_sqlite else _POSTGRESQL
    named = {**words(model), "moment": "datetime" if on_sqlite else "timestamptz"}
    with connection.cursor() as cursor:
        if not {"search_text", *model.looked_up} <= _columns(connection, cursor, named["texts"]):
            cursor.execute(_DROPPED.format(**named))
        for statement in (*statements, *map(_exactly, model.looked_up)):
            cursor.execute(statement.format(**named))
        cursor.execute(_ANY.format(**named))
        if cursor.fetchone() is None:
            _fill(cursor, model)


def _columns(connection: Any, cursor: Any, table: str) -> set[str]:
    tables = connection.introspection
    if table not in tables.table_names(cursor):
        return set()
    return {column.name for column in tables.get_table_description(cursor, table)}


def _exactly(column: str) -> str:
    index = f'CREATE INDEX IF NOT EXISTS "{{texts}}_{column}" ON "{{texts}}" ({column})'
    return f"{index} WHERE {column} IS NOT NULL"


def _fill(cursor: Any, model: Any) -> None:
    _write(cursor, model, list(replaced_texts(model)))


def retell(model: Any, record: int) -> None:
    """Write a record's texts anew, once values were erased from its history."""
    if not getattr(model, "searchable", None):
        return
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_EMPTIED.format(**words(model)), [record])
        _write(cursor, model, list(replaced_texts(model, id=record)))


def _write(cursor: Any, model: Any, found: list[tuple[int, datetime, Values]]) -> None:
    marks = ", ".join(["%s"] * (3 + len(model.looked_up)))
    insert = 'INSERT INTO "{texts}" (record_id, until, {columns}) VALUES ({marks})'
    statement = insert.format(**words(model), marks=marks)
    for start in range(0, len(found), BATCH):
        rows = [(pk, stored(until), *values) for pk, until, values in found[start : start + BATCH]]
        cursor.executemany(statement, rows)


def replaced_texts(model: Any, **narrowed: Any) -> Iterator[tuple[int, datetime, Values]]:
    """Yield ``(id, until, (text, …))`` for each text that the history tells was replaced."""
    columns = ("id", "history_type", "history_date", *model.looked_up, *model.searchable)
    rows, exact = model.history.filter(**narrowed), len(model.looked_up)
    entries = rows.order_by("id", "history_id").values_list(*columns)
    for pk, versions in groupby(entries.iterator(BATCH), key=itemgetter(0)):
        told = [
            (kind, date, (fold_all(fields[exact:]), *fields[:exact]))
            for _, kind, date, *fields in versions
        ]
        for (_kind, _date, values), (kind, date, following) in pairwise(told):
            if kind == "-":
                yield pk, FOREVER, values
            elif values != following:
                yield pk, date, values


_TABLE = """
    CREATE TABLE IF NOT EXISTS "{texts}" (
        record_id bigint NOT NULL, until {moment} NOT NULL, {typed}
    )
"""
_DROPPED = 'DROP TABLE IF EXISTS "{texts}"'
_ANY = 'SELECT 1 FROM "{texts}" LIMIT 1'
_EMPTIED = 'DELETE FROM "{texts}" WHERE record_id = %s'
_INDEX = 'CREATE INDEX IF NOT EXISTS "{texts}_of" ON "{texts}" (record_id, until)'
_CHANGED = "({{old}}) {differs} ({{new}}) AND OLD.updated_at <> NEW.updated_at"
_REPLACED = """
    INSERT INTO "{{texts}}" (record_id, until, {{columns}})
    VALUES (OLD.id, {until}, {{old}});
"""
_SQLITE_TRIGGER = """
    CREATE TRIGGER "{{texts}}_{event}" AFTER {event} ON "{{table}}" {when}
    BEGIN {body} END
"""
_FORMER = tuple(f'DROP TRIGGER IF EXISTS "{{texts}}_{event}"' for event in ("UPDATE", "DELETE"))
_POSTGRESQL_TRIGGER = """
    CREATE OR REPLACE FUNCTION "{{texts}}_{event}"() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$ BEGIN {body} RETURN NULL; END $$;
    CREATE OR REPLACE TRIGGER "{{texts}}_{event}" AFTER {event} ON "{{table}}"
    FOR EACH ROW {when} EXECUTE FUNCTION "{{texts}}_{event}"()
"""


def _triggers(template: str, differs: str) -> tuple[str, str]:
    changed = f"WHEN ({_CHANGED.format(differs=differs)})"
    until = {"UPDATE": "NEW.updated_at", "DELETE": f"'{FOREVER:%Y-%m-%d %H:%M:%S}'"}
    update, delete = (
        template.format(event=event, when=when, body=_REPLACED.format(until=until[event]))
        for event, when in (("UPDATE", changed), ("DELETE", ""))
    )
    return update, delete


_SQLITE = (_TABLE, _INDEX, *_FORMER, *_triggers(_SQLITE_TRIGGER, "IS NOT"))
_POSTGRESQL = (
    _TABLE,
    _INDEX,
    'CREATE INDEX IF NOT EXISTS "{texts}_search" ON "{texts}" USING gin (search_text gin_trgm_ops)',
    *_triggers(_POSTGRESQL_TRIGGER, "IS DISTINCT FROM"),
)
