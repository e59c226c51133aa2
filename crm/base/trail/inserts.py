"""How a new record is written: its row and the first row of its history in one statement."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import Field
from django.db.transaction import get_connection

from crm.base.storing.statements import prepared_rows
from crm.base.trail.differences import CREATE
from crm.base.trail.fence import writing
from crm.base.trail.history import history_model, stamp
from crm.base.trail.proof import prove
from crm.base.trail.shapes import shape_of

ROW = "INSERT INTO {records} ({columns}) VALUES ({values}) RETURNING "
COPY = (
    "INSERT INTO {history} ({copied}, {stamped}, history_type, history_date) "
    "SELECT {copied}, {values}, '+', updated_at FROM {source}"
)


def insert(record: Any, fields: "Sequence[Field[Any, Any]]") -> int:
    """Write ``record`` with its history and return its key; raises ``IntegrityError``."""
    model: Any = type(record)
    values = values_of(record, fields)
    told: dict[str, Any] = {**stamp(), "action": CREATE}
    stamped = [*told.values(), _proof(record, told)]
    first, second = _statements(model, tuple([field.column for field in fields]), (*told, "proof"))
    with writing(model):
        if not second:
            return int(prepared_rows(first, values + stamped)[0][0])
        key = prepared_rows(first, values)[0][0]
        prepared_rows(second, [*stamped, key])
        return int(key)


def values_of(record: Any, fields: "Sequence[Field[Any, Any]]") -> list[Any]:
    """Return what the database is given for each field of the valid ``record``.

    Most values are texts or null, which it takes as they are: to ask their fields takes ten times
    as long.
    """
    model: Any = type(record)
    stored, database, plain = record.__dict__, get_connection(), _plain_types(model)
    return [
        value
        if type(value := stored[field.attname]) in plain[field.attname]
        else field.get_db_prep_save(field.pre_save(record, True), database)
        for field in fields
    ]


@cache
def _plain_types(model: Any) -> dict[str, frozenset[type]]:
    """Return for each column the types of values that its field leaves as they are."""
    return {field.attname: _left_alone(field) for field in model._meta.concrete_fields}


def _left_alone(field: Any) -> frozenset[type]:
    if type(field).pre_save is not Field.pre_save:  # it may make a value of its own
        return frozenset()
    is_text = isinstance(field, models.CharField | models.TextField)
    return frozenset({str, type(None)} if is_text else {type(None)})


def _proof(record: Any, told: dict[str, Any]) -> str:
    kind: Any = type(record)
    # The columns that the statement fills by itself: "changed" has a default.
    made = {"changed": [], "history_type": "+", "history_date": record.updated_at}
    return prove(shape_of(history_model(kind)), {**record.__dict__, **told, **made})


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
