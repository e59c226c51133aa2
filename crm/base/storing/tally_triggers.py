"""The SQL that keeps tallies: triggers, so that no write can pass them by.

PostgreSQL adds rows of differences for each statement and sums them up now and then: nobody who
writes waits for anybody. SQLite, which has one writer at a time, changes the sum itself.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

# What another transaction is summing up at this moment is left to it.
FOLD = """
    WITH folded AS (
        DELETE FROM {tally} WHERE ctid = ANY (
            ARRAY(SELECT ctid FROM {tally} FOR UPDATE SKIP LOCKED)
        ) RETURNING *
    )
    INSERT INTO {tally} ({columns}, count)
    SELECT {columns}, sum(count) FROM folded GROUP BY {columns} HAVING sum(count) <> 0
"""
FOLD_SQLITE = "DELETE FROM {tally} WHERE count = 0"
COUNT = """
    CREATE TABLE {tally} AS
    SELECT {columns}, count(*) AS count FROM {table} WHERE {live} GROUP BY {columns}
"""
# Its statements have no parameters, so that their plans are kept.
_FUNCTION = """
    CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO {tally} ({columns}, count)
        SELECT {columns}, sum(count) FROM ({differences}) AS differences
        GROUP BY {columns} HAVING sum(count) <> 0;
        IF random() < 0.001 AND current_setting('transaction_isolation') = 'read committed' THEN
            {fold};
        END IF;
        RETURN NULL;
    END $$
"""
_EMPTYING = """
    CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        TRUNCATE {tally};
        RETURN NULL;
    END $$
"""
_STATEMENT = """
    CREATE TRIGGER "{name}" AFTER {event} ON {table} {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()
"""
_ADDED = "SELECT {columns}, 1 AS count FROM added WHERE {live}"
_REMOVED = "SELECT {columns}, -1 AS count FROM removed WHERE {live}"
_POSTGRESQL = {
    "insert": ("REFERENCING NEW TABLE AS added", _ADDED),
    "delete": ("REFERENCING OLD TABLE AS removed", _REMOVED),
    "update": (
        "REFERENCING OLD TABLE AS removed NEW TABLE AS added",
        f"{_ADDED} UNION ALL {_REMOVED}",
    ),
}

_ADD = """
    INSERT INTO {tally} ({columns}, count)
    SELECT {new}, 0 WHERE {new_live} AND NOT EXISTS (SELECT 1 FROM {tally} WHERE {of_new});
    UPDATE {tally} SET count = count + 1 WHERE {of_new} AND {new_live};
"""
_REMOVE = "UPDATE {tally} SET count = count - 1 WHERE {of_old} AND {old_live};"
_SQLITE = {
    "insert": ("", _ADD),
    "delete": ("", _REMOVE),
    "update": ("WHEN ({new}, {new_live}) IS NOT ({old}, {old_live})", _REMOVE + _ADD),
}
_ROW = 'CREATE TRIGGER "{name}" AFTER {event} ON {table} {when} BEGIN {body} END'


def fields(model: type[models.Model]) -> list[Any]:
    """Return the fields by whose values the live rows of ``model`` are counted."""
    names: Sequence[str] = getattr(model, "tallied", ())
    return [model._meta.get_field(name) for name in names]


def is_archivable(model: type[models.Model]) -> bool:
    return any(field.name == "archived_at" for field in model._meta.fields)


def words(model: type[models.Model], schema: str = "") -> dict[str, str]:
    """Return what the placeholders of the statements stand for.

    ``schema`` ends with its dot: whoever writes may have another search path.
    """
    columns = [f'"{field.column}"' for field in fields(model)]
    archivable = is_archivable(model)
    return {
        "prefix": f"{model._meta.db_table}_tally_",
        "schema": schema,
        "table": f'{schema}"{model._meta.db_table}"',
        "tally": f'{schema}"{model._meta.db_table}_tally"',
        "columns": ", ".join(columns),
        "live": "archived_at IS NULL" if archivable else "TRUE",
        **_row_words("new", columns, archivable),
        **_row_words("old", columns, archivable),
    }


def _row_words(row: str, columns: list[str], archivable: bool) -> dict[str, str]:
    return {
        row: ", ".join(f"{row}.{column}" for column in columns),
        # NULL is a value like others here, so IS.
        f"of_{row}": " AND ".join(f"{column} IS {row}.{column}" for column in columns),
        f"{row}_live": f"{row}.archived_at IS NULL" if archivable else "TRUE",
    }


def triggers(on_sqlite: bool, names: dict[str, str], types: list[str]) -> dict[str, list[str]]:
    """Return the statements that make each trigger, by the triggers' names.

    A name carries a digest of what the trigger does and of the columns' types: one that is there
    needs no second look.
    """
    make = _for_sqlite if on_sqlite else _for_postgresql
    definition = repr([types, *make(names)])
    digest = hashlib.sha256(definition.encode()).hexdigest()[:8]
    return dict(make(names | {"prefix": f"{names['prefix']}{digest}_"}))


def _for_sqlite(names: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    for event, (when, body) in _SQLITE.items():
        name = names["prefix"] + event
        parts = {"when": when.format(**names), "body": body.format(**names)}
        yield name, [_ROW.format(**names, **parts, name=name, event=event)]


def _for_postgresql(names: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    for event, (tables, differences) in _POSTGRESQL.items():
        parts = {"differences": differences.format(**names), "fold": FOLD.format(**names)}
        yield _function_and_trigger(names, event, _FUNCTION, {**parts, "tables": tables})
    yield _function_and_trigger(names, "truncate", _EMPTYING, {"tables": ""})


def _function_and_trigger(
    names: dict[str, str], event: str, function: str, parts: dict[str, str]
) -> tuple[str, list[str]]:
    name = names["prefix"] + event
    values = {**names, **parts, "name": name, "event": event}
    values["trigger"] = f'{names["schema"]}"{name}"'
    return name, [function.format(**values), _STATEMENT.format(**values)]
