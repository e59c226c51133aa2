"""Makes customers and their history inside PostgreSQL, a thousand times faster than one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db.models import Model
from psycopg import sql
from psycopg.abc import Params

from benchmarks.words import arrays
from customers.models import Customer

MAKE = sql.SQL(Path(__file__).with_name("customers.sql").read_text(encoding="utf-8"))
LIVE: type[Model] = Customer
PAST: type[Model] = Customer.history.model
Database = psycopg.Connection[Any]
Expressions = dict[str, sql.Composable]

STAMP: Expressions = {
    "history_date": sql.SQL("updated_at"),
    "history_user_id": sql.SQL("modified_by_id"),
    "history_change_reason": sql.Literal(""),
    "actor_name": sql.SQL("'sales' || modified_by_id"),
    "actor_role": sql.Literal("sales"),
    "source": sql.Literal("api"),
    "request_id": sql.SQL("md5('request ' || id)"),
}
CREATED: Expressions = {
    "history_type": sql.Literal("+"),
    "action": sql.Literal("create"),
    "changed": sql.Literal("[]"),
}
CHANGED: Expressions = {
    "history_type": sql.Literal("~"),
    "action": sql.SQL("CASE WHEN archived_at IS NULL THEN 'update' ELSE 'archive' END"),
    "changed": sql.SQL(
        """
        CASE WHEN archived_at IS NULL THEN '[]'::jsonb ELSE '["archived_at"]' END
        || CASE WHEN instagram = '' THEN '[]'::jsonb ELSE '["instagram"]' END
        """
    ),
}
# How the customers that were changed once differed before.
BEFORE: Expressions = {
    "version": sql.SQL("1"),
    "updated_at": sql.SQL("created_at"),
    "history_date": sql.SQL("created_at"),
    "archived_at": sql.SQL("NULL"),
    "instagram": sql.Literal(""),
}


def make_customers(database: Database, size: int, until: Any, users: list[int]) -> None:
    """Insert customers 1 to ``size`` of the last five years, and a history that agrees."""
    with without_indexes(database, [LIVE, PAST]):
        values: Params = {"size": size, "until": until, "users": users, **arrays()}
        insert(database, LIVE, MAKE, made_columns(database, values), values)
        insert_history(database)
    for model in (LIVE, PAST):
        continue_numbers(database, model)


def insert_history(database: Database) -> None:
    """Insert the creation of every customer, then the change of those changed once."""
    copy: Expressions = {
        name: sql.Identifier(name) for name in columns(PAST).keys() & columns(LIVE)
    }
    created = {**copy, **STAMP, **CREATED}
    changed = {**copy, **STAMP, **CHANGED}
    live = sql.Identifier(LIVE._meta.db_table)
    once = sql.SQL("SELECT * FROM {} WHERE version = 1 ORDER BY id").format(live)
    twice = sql.SQL("SELECT * FROM {} WHERE version > 1 ORDER BY id").format(live)
    insert(database, PAST, once, created)
    insert(database, PAST, twice, {**created, **BEFORE})
    insert(database, PAST, twice, changed)


def made_columns(database: Database, values: Params) -> Expressions:
    found = database.execute(sql.SQL("SELECT * FROM ({}) AS made LIMIT 0").format(MAKE), values)
    return {column.name: sql.Identifier(column.name) for column in found.description or ()}


def columns(model: type[Model]) -> dict[str, Any]:
    """Return the model's fields by the names of their columns."""
    return {str(field.column): field for field in model._meta.concrete_fields}


def insert(
    database: Database,
    model: type[Model],
    rows: sql.Composable,
    expressions: Expressions,
    values: Params | None = None,
) -> None:
    """Insert ``rows``; a column without an expression gets its field's default."""
    wanted = {
        name: expressions.get(name) or sql.Literal(field.get_default())
        for name, field in columns(model).items()
        if name in expressions or not field.primary_key
    }
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM ({}) AS made").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, wanted)),
        sql.SQL(", ").join(wanted.values()),
        rows,
    )
    database.execute(statement, values)


def continue_numbers(database: Database, model: type[Model]) -> None:
    """Let the next row's number follow the last one made."""
    table, key = model._meta.db_table, str(model._meta.pk.column)
    statement = sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {}")
    database.execute(statement.format(table, key, sql.Identifier(key), sql.Identifier(table)))


@contextmanager
def without_indexes(database: Database, models: list[type[Model]]) -> Iterator[None]:
    """Make the indexes after the rows: a million entries at once are quicker than one by one."""
    indexes = database.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid::regclass::text = ANY(%s)
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        """,
        [[model._meta.db_table for model in models]],
    ).fetchall()
    for name, _definition in indexes:
        database.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _name, definition in indexes:
        database.execute(definition)
