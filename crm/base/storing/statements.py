"""Statements that are composed once, and planned once by the database."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import psycopg
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.db.models import QuerySet

Answer = TypeVar("Answer")
Values = Sequence[Any]
KEPT_CURSORS = 30  # for each connection; each holds the rows of its last answer


def prepared_cursor() -> Any:
    """Return a cursor whose statements PostgreSQL plans once for each connection.

    For statements that are planned alike at any time: rows by their key, inserts, no values at all.
    Elsewhere, and where statements are logged with their values, it is the usual cursor.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql" or database.queries_logged:
        return database.cursor()
    database.ensure_connection()
    # Django's own cursor puts the values into the text, so that every statement is a new one.
    cursor: Any = psycopg.Cursor(database.connection)
    return database.make_cursor(cursor)


def prepared_rows(sql: str, values: Values) -> list[Values]:
    """Return the rows of a statement that is asked over and over, as ``prepared_cursor`` would.

    psycopg finds out how to write each value and read each column; a cursor that gets the same
    text again knows, so each connection keeps one for each text.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql" or database.queries_logged:
        with database.cursor() as cursor:
            cursor.execute(sql, values)
            found: list[Values] = cursor.fetchall()
            return found
    database.ensure_connection()
    kept = vars(database.connection).setdefault("crm_cursors", {})
    if sql not in kept:
        if len(kept) >= KEPT_CURSORS:
            kept.clear()
        kept[sql] = sql, prepared_cursor()
    same_text, cursor = kept[sql]
    cursor.execute(same_text, values)
    rows: list[Values] = cursor.fetchall()
    return rows


def on_a_living_connection(ask: Callable[[], Answer]) -> Answer:
    """Return ``ask()``, the first statement of a request.

    When the server restarted since this connection was last used, it begins again on a new one.
    """
    try:
        return ask()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
    connection.close()
    return ask()


# What a query may have beside conditions, an ordering and limits.
UNUSUAL = (
    *("distinct", "combinator", "annotations", "extra", "extra_order_by", "group_by"),
    "select_for_update",
)


class Frame(NamedTuple):
    """A SELECT without its conditions and limits, and how its values become Python's."""

    head: str
    tail: str
    converters: Any


class Selection:
    """Reads the same columns of many querysets of one model.

    Of such SELECTs only conditions and limits differ. The rest, which takes longer to compose than
    the database needs to answer, is composed once for each ordering.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._frames: dict[Any, Frame | None] = {}

    def rows(self, queryset: QuerySet[Any], by_key: bool = False) -> Iterable[Values]:
        """Return each record's columns; ``by_key`` says that the conditions name a single one."""
        query = queryset.query
        compiler = query.get_compiler(queryset.db)
        try:
            where, values = compiler.compile(query.where)
        except EmptyResultSet:
            return ()
        except FullResultSet:
            where, values = "", ()
        frame = self._frame(queryset, where)
        if frame is None:
            return queryset.values_list(*self.columns)
        sql = f"{frame.head}{where}{frame.tail}"
        if query.is_sliced:
            limits = compiler.connection.ops.limit_offset_sql(query.low_mark, query.high_mark)
            sql = f"{sql} {limits}"
        if by_key or not values:
            found = prepared_rows(sql, values)
        else:
            with connections[queryset.db].cursor() as cursor:
                cursor.execute(sql, values)
                found = cursor.fetchall()
        return compiler.apply_converters(found, frame.converters) if frame.converters else found

    def _frame(self, queryset: QuerySet[Any], where: str) -> Frame | None:
        """Return what surrounds ``where``; None for queries with more than conditions."""
        query = queryset.query
        joins = len(query.alias_map) > 1  # only conditions have joined anything yet
        if joins or any(getattr(query, name) for name in UNUSUAL):
            return None
        ordering = query.order_by, query.default_ordering, query.standard_ordering
        key = (queryset.db, *ordering, bool(where))
        if key not in self._frames:
            self._frames[key] = self._composed(queryset, where)
        return self._frames[key]

    def _composed(self, queryset: QuerySet[Any], where: str) -> Frame | None:
        query = queryset.values(*self.columns).query
        query.clear_limits()
        compiler = query.get_compiler(queryset.db)
        sql, _values = compiler.as_sql()
        mark = f" WHERE {where}" if where else ""
        head, found, tail = sql.partition(mark) if mark else (sql, "", "")
        if found != mark or (mark and mark in tail):
            return None
        converters = compiler.get_converters(expression for expression, _, _ in compiler.select)
        return Frame(f"{head} WHERE " if where else head, tail, converters)
