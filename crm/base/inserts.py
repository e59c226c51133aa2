"""How a new record is written: its row and the first row of its history in one statement."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field

from crm.base.fence import writing
from crm.base.history import copying, stamp
from crm.base.statements import prepared_cursor

ROW = "INSERT INTO {records} ({columns}) VALUES ({values}) RETURNING "


def insert(record: Any, fields: "Sequence[Field[Any, Any]]") -> int:
    """Write ``record`` with its history and return its key; raises ``IntegrityError``."""
    values = [field.get_db_prep_save(field.pre_save(record, True), connection) for field in fields]
    stamped = [*stamp().values(), "+"]
    model: Any = type(record)
    first, second = _statements(model, tuple(field.column for field in fields))
    with writing(model), prepared_cursor() as cursor:
        if not second:
            return int(cursor.execute(first, values + stamped).fetchone()[0])
        key = cursor.execute(first, values).fetchone()[0]
        cursor.execute(second, [*stamped, key])
        return int(key)


@cache
def _statements(model: Any, columns: tuple[str, ...]) -> tuple[str, str]:
    """Return the statement that writes both rows; for SQLite, which needs two, both."""
    quote = connection.ops.quote_name
    records, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    row = ROW.format(
        records=records,
        columns=", ".join(map(quote, columns)),
        values=", ".join(["%s"] * len(columns)),
    )
    if connection.vendor == "postgresql":
        return f"WITH record AS ({row} *) {copying(model, 'record')} RETURNING {key}", ""
    return row + key, f"{copying(model, records)} WHERE {key} = %s"
