"""What search read before it changed: a table beside each searchable model's, kept by triggers.

A row is a text that was replaced, and until when it stood, with the fields in it that lists look
for exactly (``looked_up``). Texts are never in the history, which tells the fields that they are
made of. A migration that folds texts anew empties these tables: one that is empty is filled from
the history.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections

from crm.base.folding import fold_all
from crm.base.past.texts_sql import ANY, DROPPED, EMPTIED, FOREVER, POSTGRESQL, SQLITE

Values = tuple[str | None, ...]
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
    statements = SQLITE if on_sqlite else POSTGRESQL
    named = {**words(model), "moment": "datetime" if on_sqlite else "timestamptz"}
    with connection.cursor() as cursor:
        if not {"search_text", *model.looked_up} <= _columns(connection, cursor, named["texts"]):
            cursor.execute(DROPPED.format(**named))
        for statement in (*statements, *map(_exactly, model.looked_up)):
            cursor.execute(statement.format(**named))
        cursor.execute(ANY.format(**named))
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
        cursor.execute(EMPTIED.format(**words(model)), [record])
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
