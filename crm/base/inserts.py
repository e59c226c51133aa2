"""How a new record is written: its row and the first row of its history in one statement."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field

from crm.base.differences import CREATE
from crm.base.history import history_model, stamp
from crm.base.proof import prove
from crm.base.shapes import shape_of
from crm.base.statements import prepared_cursor

ROW = "INSERT INTO {records} ({columns}) VALUES ({values}) RETURNING "
COPY = (
    "INSERT INTO {history} ({copied}, {stamped}, history_type, history_date) "
    "SELECT {copied}, {values}, '+', updated_at FROM {source}"
)


def insert(record: Any, fields: "Sequence[Field[Any, Any]]") -> int:
    """Write ``record`` with its history and return its key; raises ``IntegrityError``."""
    values = [field.get_db_prep_save(field.pre_save(record, True), connection) for field in fields]
    model: Any = type(record)
    told: dict[str, Any] = {**stamp(), "action": CREATE, "changed": []}
    stamped = [*(told | {"changed": nothing(model)}).values(), _proof(record, told)]
    first, second = _statements(model, tuple(field.column for field in fields), (*told, "proof"))
    with prepared_cursor() as cursor:
        if not second:
            return int(cursor.execute(first, values + stamped).fetchone()[0])
        key = cursor.execute(first, values).fetchone()[0]
        cursor.execute(second, [*stamped, key])
        return int(key)


def _proof(record: Any, told: dict[str, Any]) -> str:
    kind: Any = type(record)
    model = history_model(kind)
    values = {field.attname: getattr(record, field.attname) for field in model.tracked_fields}
    made = {"history_type": "+", "history_date": record.updated_at}
    return prove(shape_of(model), {**values, **told, **made})


@cache
def nothing(model: Any) -> Any:
    """Return what ``changed`` holds in the database when no field is named."""
    return history_model(model)._meta.get_field("changed").get_db_prep_save([], connection)


@cache
def _statements(model: Any, columns: tuple[str, ...], stamped: tuple[str, ...]) -> tuple[str, str]:
    """Return the statement that writes both rows; for SQLite, which needs two, both.

    Their parameters are the values of the row's ``columns``, then of the ``stamped`` ones that only
    the history has, and in SQLite's second the new key.
    """
    quote = connection.ops.quote_name
    records, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    row = ROW.format(
        records=records,
        columns=", ".join(map(quote, columns)),
        values=", ".join(["%s"] * len(columns)),
    )
    if connection.vendor == "postgresql":
        return f"WITH record AS ({row} *) {_copy(model, stamped, 'record')} RETURNING {key}", ""
    return row + key, f"{_copy(model, stamped, records)} WHERE {key} = %s"


def _copy(model: Any, stamped: tuple[str, ...], source: str) -> str:
    """Return the statement that writes the history of what ``source`` holds of ``model``."""
    history, quote = history_model(model), connection.ops.quote_name
    return COPY.format(
        history=quote(history._meta.db_table),
        copied=", ".join(quote(field.column) for field in history.tracked_fields),
        stamped=", ".join(map(quote, stamped)),
        values=", ".join(["%s"] * len(stamped)),
        source=source,
    )
