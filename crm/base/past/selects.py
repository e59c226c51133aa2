"""The two SELECTs that tell what a table held at a moment.

``state`` reads the history by itself: every record there was. ``walk`` reads live rows one after
the other, with one entry of each, for orders that never change: as few rows as today's page does,
by today's indexes and rights, where the history would read every version; what was deleted since
is not met. What takes long to compose is the same for any moment and composed once.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL

from crm.base.past.states import columns_then, state_of
from crm.base.past.texts import stored, words
from crm.base.trail.history import history_model

# Stands for the moment in what is composed once.
ANY = datetime(1, 1, 2, tzinfo=UTC)

# SQLite has no LATERAL; PostgreSQL plans it much faster than a join on the number of the entry.
_ENTRY = {
    "postgresql": """CROSS JOIN LATERAL (
        SELECT * FROM "{past}" AS entry WHERE entry.id = "{table}".id AND entry.history_date <= %s
        ORDER BY entry.history_id DESC LIMIT 1
    ) AS "{past}" """,
    "sqlite": """JOIN "{past}" ON "{past}".history_id = (
        SELECT max(entry.history_id) FROM "{past}" AS entry
        WHERE entry.id = "{table}".id AND entry.history_date <= %s
    )""",
}
# Most records have not changed since.
_TEXT = """CASE WHEN "{table}".updated_at <= %s THEN "{table}".search_text ELSE coalesce((
    SELECT search_text FROM "{texts}" WHERE record_id = "{table}".id AND until > %s
    ORDER BY until LIMIT 1
), "{table}".search_text) END"""


class Select(NamedTuple):
    """A SELECT of ``columns`` that ends in a condition, at ``ANY`` moment or at one."""

    columns: tuple[str, ...]
    sql: str
    values: tuple[Any, ...]

    def at(self, moment: datetime) -> "Select":
        marked, then = stored(ANY), stored(moment)
        return self._replace(
            values=tuple(then if value == marked else value for value in self.values)
        )

    def narrowed(self, rows: QuerySet[Any]) -> "Select":
        """Return this with the conditions of ``rows``, which read from the same table."""
        where, values = rows.query.get_compiler(DEFAULT_DB_ALIAS).compile(rows.query.where)
        return self._replace(sql=f"{self.sql} AND {where}", values=(*self.values, *values))


def state(model: Any, moment: datetime, *, searched: bool = False) -> Select:
    """Return the SELECT of what the records of ``model`` were, from the table of its history."""
    return _state(model, searched).at(moment)


def walk(today: QuerySet[Any], moment: datetime, *, searched: bool = False) -> Select:
    """Return the SELECT of what the records of ``today`` were, by an order of today."""
    model: Any = today.model
    known = today.filter(created_at__lte=moment).order_by()
    return _walk(model, searched).at(moment).narrowed(known)


@cache
def _state(model: Any, searched: bool) -> Select:
    columns = columns_then(model, ANY, searched=searched)
    sql, values = _composed(state_of(model, ANY).values_list(*columns.values()))
    return Select(tuple(columns), sql, values)


@cache
def _walk(model: Any, searched: bool) -> Select:
    named = {**words(model), "past": history_model(model)._meta.db_table}
    columns = columns_then(model, ANY)
    for column in model.unchanging:
        columns[column] = _sql('"{table}"."{column}"', {**named, "column": column})
    if searched:
        columns["search_text"] = _sql(_TEXT, named, stored(ANY), stored(ANY))
    entries = history_model(model).objects.order_by().values_list(*columns.values())
    sql, values = _composed(entries)
    head, _from, _past = sql.rpartition(" FROM ")
    entry = _ENTRY[connections[DEFAULT_DB_ALIAS].vendor].format(**named)
    found = f'{head} FROM "{named["table"]}" {entry} WHERE TRUE'
    return Select(tuple(columns), found, (*values, stored(ANY)))


def _composed(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    sql, values = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, tuple(values)


def _sql(template: str, named: dict[str, str], *values: Any) -> RawSQL:
    return RawSQL(  # noqa: S611 — our own names
        template.format(**named), values, output_field=TextField()
    )
