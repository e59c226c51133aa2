"""How many rows are written: by one statement, whose text is the same for any number of them.

PostgreSQL gets the values as JSON. Django would ask the field of each value, and write an array for
each column: that takes five times as long.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import connection, models

from crm.base.statements import prepared_cursor

BATCH = 500  # rows in a statement
INSERT = (
    "INSERT INTO {table} ({columns}) SELECT {columns} "
    "FROM json_populate_recordset(NULL::{table}, %s) {conflict} RETURNING {key}"
)
Row = Mapping[str, Any]


def batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut ``items`` into pieces that fit into a statement."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def insert_rows(model: Any, rows: Sequence[Row]) -> list[int]:
    """Write ``rows``, valid values by attribute, and return their keys in the same order."""
    if connection.vendor == "postgresql":
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        return insert_as_json(model, fields, rows)
    records = [model(**row) for row in rows]
    models.QuerySet(model).bulk_create(records, batch_size=BATCH)
    return [record.pk for record in records]


def insert_as_json(
    model: Any, fields: Sequence[Any], rows: Sequence[Row], replaced: Sequence[Any] = ()
) -> list[int]:
    """Write the ``fields`` of ``rows`` on PostgreSQL, and return their keys in the same order.

    Of a row whose key is there, the fields ``replaced`` are written over the stored ones.
    """
    statement = _statement(model, tuple(fields), tuple(replaced))
    keys: list[int] = []
    with prepared_cursor() as cursor:
        for batch in batches(rows):
            cursor.execute(statement, [_json(fields, batch)])
            keys += [key for (key,) in cursor.fetchall()]
    return keys


@cache
def _statement(model: Any, fields: tuple[Any, ...], replaced: tuple[Any, ...]) -> str:
    quote = connection.ops.quote_name
    key = quote(model._meta.pk.column)
    written_over = ", ".join(f"{name} = excluded.{name}" for name in map(quote, _columns(replaced)))
    return INSERT.format(
        table=quote(model._meta.db_table),
        columns=", ".join(map(quote, _columns(fields))),
        conflict=f"ON CONFLICT ({key}) DO UPDATE SET {written_over}" if replaced else "",
        key=key,
    )


def _columns(fields: Sequence[Any]) -> list[str]:
    return [field.column for field in fields]


def _json(fields: Sequence[Any], rows: Sequence[Row]) -> str:
    columns, names = _columns(fields), [field.attname for field in fields]
    written = [dict(zip(columns, map(row.__getitem__, names), strict=True)) for row in rows]
    for column, convert in _converted(fields):
        for values in written:
            values[column] = convert(values[column])
    return _encode(written)


def _converted(fields: Sequence[Any]) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Yield the columns whose fields store another form of a value, and what makes it."""
    for field in fields:
        if convert := _own_form(field):
            yield field.column, convert


def _own_form(field: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value of ``field`` the stored one; None where it is that already."""
    is_djangos = type(field).get_prep_value.__module__.startswith("django.")
    return None if is_djangos else field.get_prep_value


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_encode = json.JSONEncoder(default=_plain, separators=(",", ":"), check_circular=False).encode
