"""Compares live rows with their newest history row, entries with their proofs, tallies with rows.

This runs after every test: what is empty is left out by one statement, and what is asked over and
over is composed once, and planned once by PostgreSQL.
"""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Count

from crm.base.models import Record
from crm.base.storing import tallies
from crm.base.storing.statements import Selection, prepared_cursor
from crm.base.storing.tally_triggers import fields, is_archivable
from crm.base.trail.proof import holds
from crm.base.trail.shapes import shape_of


def record_models() -> list[Any]:
    """Return every concrete business model; a test's proxy is none."""
    models = (model for model in apps.get_models() if issubclass(model, Record))
    return [model for model in models if not model._meta.proxy]


def faults() -> list[str]:
    """Return a line for whatever is wrong with the rows, their past or their tallies."""
    full = _not_empty({**_tables(), **proven()})
    return [line for model in full for line in _faults_of(model)]


def _faults_of(model: Any) -> list[str]:
    if model in proven():
        return _unproven(model)
    return _drift_of(model) + (_miscounted(model) if fields(model) else [])


def miscounted() -> list[str]:
    """Return a line for each model whose tally is not what counting its live rows gives."""
    return [line for model in _not_empty(_tables()) if fields(model) for line in _miscounted(model)]


def _not_empty(tables: dict[Any, list[str]]) -> list[Any]:
    """Return the keys of those tables of which one has a row."""
    asked = (
        " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in each)  # noqa: S608 — our names
        for each in tables.values()
    )
    [found] = _read(f"SELECT {', '.join(asked)}")
    return [key for key, has_rows in zip(tables, found, strict=True) if has_rows]


def _read(statement: str) -> list[Any]:
    with prepared_cursor() as cursor:
        cursor.execute(statement)
        rows: list[Any] = cursor.fetchall()
    return rows


@cache
def _tables() -> dict[Any, list[str]]:
    return {model: _tables_of(model) for model in record_models()}


def _tables_of(model: Any) -> list[str]:
    tables = [model._meta.db_table, model.history.model._meta.db_table]
    return tables + ([f"{model._meta.db_table}_tally"] if fields(model) else [])


@cache
def _columns(model: Any) -> tuple[list[str], str, str]:
    """Return the tracked columns, and the statements that read rows and past rows as stored."""
    history = model.history.model
    columns = [field.column for field in history.tracked_fields]
    listed = ", ".join(f'"{column}"' for column in columns)
    live = f'SELECT "id", {listed} FROM "{model._meta.db_table}"'  # noqa: S608 — our names
    past = f'SELECT "id", history_type, {listed} FROM "{history._meta.db_table}"'  # noqa: S608 — our names
    return columns, live, f"{past} ORDER BY history_id"


def _drift_of(model: Any) -> list[str]:
    """Return a line for each row that differs from its newest history, or lacks one."""
    columns, live, past = _columns(model)
    newest = {pk: (kind, values) for pk, kind, *values in _read(past)}
    lines = []
    for pk, *values in _read(live):
        if pk not in newest:
            lines.append(f"{model.__name__} {pk} has no history")
            continue
        pairs = zip(columns, values, newest.pop(pk)[1], strict=True)
        if wrong := [name for name, now, then in pairs if now != then]:
            lines.append(f"{model.__name__} {pk} differs from its history in {wrong}")
    lines += [
        f"{model.__name__} {pk} is gone without a history row"
        for pk, (kind, _) in newest.items()
        if kind != "-"
    ]
    return lines


@cache
def proven() -> dict[Any, list[str]]:
    """Return the models whose rows carry a proof, each with its table."""
    return {
        one: [one._meta.db_table]
        for one in apps.get_models()
        if "proof" in {field.name for field in one._meta.fields}
    }


@cache
def _entries(model: Any) -> Selection:
    return Selection(["pk", "proof", *shape_of(model).names])


def _unproven(model: Any) -> list[str]:
    """Return a line for each entry whose values are not those that its proof was made of."""
    covered = shape_of(model)
    return [
        f"{model.__name__} {pk} is not proven"
        for pk, proof, *values in _entries(model).rows(model._base_manager.all())
        if not holds(proof, covered, dict(zip(covered.names, values, strict=True)))
    ]


@cache
def _counting(model: Any, names: tuple[str, ...]) -> str:
    """Return the statement that counts the live rows of each group of the columns ``names``."""
    return str(_live(model).values_list(*names).annotate(count=Count("pk")).query)


def _miscounted(model: Any) -> list[str]:
    names = tuple(field.attname for field in fields(model))
    counted = _read(_counting(model, names))
    rows = [dict(zip([*names, "count"], row, strict=True)) for row in counted]
    kept = tallies.counts(_live(model))
    return [
        *(f"{model.__name__}: the tally lacks {row}" for row in rows if row not in kept),
        *(f"{model.__name__}: the tally invents {row}" for row in kept if row not in rows),
    ]


def _live(model: Any) -> Any:
    rows_of = model._base_manager
    return rows_of.filter(archived_at=None) if is_archivable(model) else rows_of.all()
