"""What search read before it changed: a table beside each searchable model's, kept by triggers.

A row is a text that was replaced, and until when it stood. Texts are never in the history, which
tells the fields that they are made of. A migration that folds texts anew empties these tables:
one that is empty is filled from the history.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections

from crm.base.folding import fold_all

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
BATCH = 1000


def words(model: Any) -> dict[str, str]:
    table = model._meta.db_table
    return {"table": table, "texts": f"{table}_texts"}


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
        for statement in statements:
            cursor.execute(statement.format(**named))
        cursor.execute(_ANY.format(**named))
        if cursor.fetchone() is None:
            _fill(cursor, model)


def _fill(cursor: Any, model: Any) -> None:
    _write(cursor, model, list(replaced_texts(model)))


def retell(model: Any, record: int) -> None:
    """Write a record's texts anew, once values were erased from its history."""
    if not getattr(model, "searchable", None):
        return
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_EMPTIED.format(**words(model)), [record])
        _write(cursor, model, list(replaced_texts(model, id=record)))


def _write(cursor: Any, model: Any, found: list[tuple[int, datetime, str]]) -> None:
    statement = 'INSERT INTO "{texts}" (record_id, until, search_text) VALUES (%s, %s, %s)'
    for start in range(0, len(found), BATCH):
        rows = [(pk, stored(until), text) for pk, until, text in found[start : start + BATCH]]
        cursor.executemany(statement.format(**words(model)), rows)


def replaced_texts(model: Any, **narrowed: Any) -> Iterator[tuple[int, datetime, str]]:
    """Yield ``(id, until, text)`` for each text that the history tells was replaced."""
    columns = ("id", "history_type", "history_date", *model.searchable)
    rows = model.history.filter(**narrowed)
    entries = rows.order_by("id", "history_id").values_list(*columns)
    for pk, versions in groupby(entries.iterator(BATCH), key=itemgetter(0)):
        told = [(kind, date, fold_all(fields)) for _, kind, date, *fields in versions]
        for (_kind, _date, text), (kind, date, following) in pairwise(told):
            if kind == "-":
                yield pk, FOREVER, text
            elif text != following:
                yield pk, date, text


_TABLE = """
    CREATE TABLE IF NOT EXISTS "{texts}" (
        record_id bigint NOT NULL, until {moment} NOT NULL, search_text text NOT NULL
    )
"""
_ANY = 'SELECT 1 FROM "{texts}" LIMIT 1'
_EMPTIED = 'DELETE FROM "{texts}" WHERE record_id = %s'
_INDEX = 'CREATE INDEX IF NOT EXISTS "{texts}_of" ON "{texts}" (record_id, until)'
_CHANGED = "OLD.search_text {differs} NEW.search_text AND OLD.updated_at <> NEW.updated_at"
_REPLACED = """
    INSERT INTO "{{texts}}" (record_id, until, search_text)
    VALUES (OLD.id, {until}, OLD.search_text);
"""
_SQLITE_TRIGGER = """
    CREATE TRIGGER IF NOT EXISTS "{{texts}}_{event}" AFTER {event} ON "{{table}}" {when}
    BEGIN {body} END
"""
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


_SQLITE = (_TABLE, _INDEX, *_triggers(_SQLITE_TRIGGER, "IS NOT"))
_POSTGRESQL = (
    _TABLE,
    _INDEX,
    'CREATE INDEX IF NOT EXISTS "{texts}_search" ON "{texts}" USING gin (search_text gin_trgm_ops)',
    *_triggers(_POSTGRESQL_TRIGGER, "IS DISTINCT FROM"),
)
