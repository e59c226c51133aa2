"""How many rows are written: by one statement, whose text is the same for any number of them.

PostgreSQL gets the values as JSON, what all rows have in common once. Django would ask the field of
each value, and write an array for each column: that takes five times as long.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import connection, models

from crm.base.storing.statements import prepared_cursor

BATCH = 500  # rows in a statement
INSERT = (
    "INSERT INTO {table} ({columns}) SELECT {columns} "
    "FROM json_populate_recordset(json_populate_record(NULL::{table}, %s), %s) "
    "{conflict} RETURNING {key}"
)
# One row of the record after the other by its key, as long as the plan is of the table's size now.
COPY = (
    "INSERT INTO {history} ({copied}, {told}) SELECT {from_record}, {from_told} "
    "FROM json_populate_recordset(json_populate_record(NULL::{history}, %s), %s) AS told "
    "CROSS JOIN LATERAL (SELECT * FROM {records} WHERE {key} = told.{key} LIMIT 1) AS record"
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
            cursor.execute(statement, _json(fields, batch))
            keys += [key for (key,) in cursor.fetchall()]
    return keys


def copy_rows(model: Any, history: Any, rows: Sequence[Row]) -> None:
    """Write the entries ``rows`` of records that are stored as these entries say.

    PostgreSQL takes from the stored rows what the two have in common.
    """
    if connection.vendor != "postgresql":
        insert_rows(history, rows)
        return
    statement, sent = _copying(model, history)
    with connection.cursor() as cursor:
        for batch in batches(rows):
            cursor.execute(statement, _json(sent, batch))


@cache
def _copying(model: Any, history: Any) -> tuple[str, Sequence[Any]]:
    """Return the statement, and the fields of an entry that it is sent: the key comes first."""
    quote, key = connection.ops.quote_name, model._meta.pk
    copied = _columns(history.tracked_fields)
    own = [field for field in history._meta.concrete_fields if not field.primary_key]
    told = [field for field in own if field.column not in copied]
    statement = COPY.format(
        history=quote(history._meta.db_table),
        records=quote(model._meta.db_table),
        key=quote(key.column),
        copied=", ".join(map(quote, copied)),
        told=", ".join(map(quote, _columns(told))),
        from_record=", ".join(f"record.{quote(column)}" for column in copied),
        from_told=", ".join(f"told.{quote(column)}" for column in _columns(told)),
    )
    return statement, [key, *told]


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


def _json(fields: Sequence[Any], rows: Sequence[Row]) -> tuple[str, str]:
    """Return what all ``rows`` have in common, and the list of what each has beside."""
    common: dict[str, Any] = {}
    own: dict[str, Sequence[Any]] = {}
    for field in fields:
        values = [row[field.attname] for row in rows]
        convert = _own_form(field)
        if _are_one(field, values):
            common[field.column] = convert(values[0]) if convert else values[0]
        else:
            own[field.column] = list(map(convert, values)) if convert else values
    each = [dict(zip(own, values, strict=True)) for values in zip(*own.values(), strict=True)]
    return _encode(common), _encode(each or [{}] * len(rows))


def _are_one(field: Any, values: Sequence[Any]) -> bool:
    """Tell whether ``values`` are stored alike; in JSON 1 is not true, though Python says so."""
    first = values[0]
    is_sure = not (first and isinstance(field, models.JSONField))
    return is_sure and values.count(first) == len(values)


def _own_form(field: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value of ``field`` the stored one; None where it is that already."""
    is_djangos = type(field).get_prep_value.__module__.startswith("django.")
    return None if is_djangos else field.get_prep_value


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_encode = json.JSONEncoder(default=_plain, separators=(",", ":"), check_circular=False).encode
