"""Tallies: how many live rows a model has, kept by the database for each group of some columns.

A model declares ``tallied = ("status", "assigned_to")``: columns of few values, of text or whole
numbers, NULL included. Counting then costs the same however many rows there are.
"""

from typing import Any

from django.db import connections
from django.db.models import Count, QuerySet
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, IsNull

from crm.base.as_of import journey
from crm.base.storing.tally_triggers import fields, is_archivable, words

SUM = "SELECT {wanted} CAST(coalesce(sum(count), 0) AS bigint) FROM {tally} AS {table} {rest}"


def counts(queryset: QuerySet[Any]) -> list[dict[str, Any]]:
    """Return ``{column: value, …, "count": rows}`` for each group of ``queryset`` that has rows.

    They come from the tally when the rows are the live ones, narrowed by tallied columns at most;
    any other queryset is counted row by row, so a caller need not know who may see what.
    """
    names = [field.attname for field in fields(queryset.model)]
    conditions = None if journey() else _conditions(queryset)
    if conditions is None:
        return list(queryset.order_by().values(*names).annotate(count=Count("pk")))
    columns = words(queryset.model)["columns"]
    grouped = f"GROUP BY {columns} HAVING sum(count) <> 0"
    rows = _read(queryset, conditions, f"{columns},", grouped)
    return [dict(zip([*names, "count"], row, strict=True)) for row in rows]


def total(queryset: QuerySet[Any]) -> int:
    """Return how many rows ``queryset`` has, from the tally where ``counts`` would use it."""
    found = None if journey() else known(queryset)
    return queryset.order_by().count() if found is None else found


def known(queryset: QuerySet[Any]) -> int | None:
    """Return how many rows ``queryset`` has today, from the tally; None where it cannot tell."""
    conditions = _conditions(queryset)
    if conditions is None:
        return None
    [[found]] = _read(queryset, conditions)
    return int(found)


def _conditions(queryset: QuerySet[Any]) -> list[Any] | None:
    """Return how a queryset narrows the live rows; None when the tally cannot answer for it."""
    query = queryset.query
    tallied = {*fields(queryset.model)}
    shaped = query.combinator or query.is_sliced or query.distinct or query.annotations
    if not tallied or shaped or query.where.connector != "AND" or query.where.negated:
        return None
    conditions = [one for one in query.where.children if not _is_live(one)]
    is_live = len(conditions) < len(query.where.children)
    if is_live != is_archivable(queryset.model):
        return None
    return conditions if all(_column(one) in tallied for one in conditions) else None


def _is_live(condition: Any) -> bool:
    column = _column(condition)
    return bool(column) and column.name == "archived_at" and condition.rhs is True


def _column(condition: Any) -> Any:
    """Return the model's field that ``condition`` compares with a value; None for any other."""
    if not isinstance(condition, Exact | IsNull) or not condition.rhs_is_direct_value():
        return None
    column: Any = condition.lhs
    is_own = isinstance(column, Col) and column.alias == column.target.model._meta.db_table
    return column.target if is_own else None


def _read(
    queryset: QuerySet[Any], conditions: list[Any], wanted: str = "", grouped: str = ""
) -> list[Any]:
    compiler = queryset.query.get_compiler(queryset.db)
    compiled = [compiler.compile(condition) for condition in conditions]
    where = " AND ".join(["TRUE", *(sql for sql, _ in compiled)])
    # Under the name of the table it stands for, so that the conditions fit.
    statement = SUM.format(
        **words(queryset.model) | {"wanted": wanted, "rest": f"WHERE {where} {grouped}"}
    )
    with connections[queryset.db].cursor() as cursor:
        cursor.execute(statement, [value for _, values in compiled for value in values])
        rows: list[Any] = cursor.fetchall()
    return rows
