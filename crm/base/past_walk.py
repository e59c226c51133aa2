"""The past in an order that never changes: live rows one after the other, with one entry of each.

That reads as few rows as today's page does, by today's indexes and rights, where the history by
itself (``crm.base.past``) would read every version. What was deleted since is not met.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL

from crm.base.history import history_model
from crm.base.past import columns_then
from crm.base.past_texts import stored, words

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


def walk(
    today: QuerySet[Any], moment: datetime, *, searched: bool = False
) -> tuple[list[str], str, Sequence[Any]]:
    """Return columns, and the SELECT of what the records of ``today`` were at ``moment``."""
    model: Any = today.model
    named = {**words(model), "past": history_model(model)._meta.db_table}
    columns = columns_then(model, moment)
    for column in model.unchanging:
        columns[column] = _sql('"{table}"."{column}"', {**named, "column": column})
    if searched:
        columns["search_text"] = _sql(_TEXT, named, stored(moment), stored(moment))
    entries = history_model(model).objects.order_by().values_list(*columns.values())
    compiler = entries.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, values = compiler.as_sql()
    head, _from, _past = sql.rpartition(" FROM ")
    known = today.filter(created_at__lte=moment).order_by()
    where, narrowed = known.query.get_compiler(DEFAULT_DB_ALIAS).compile(known.query.where)
    entry = _ENTRY[compiler.connection.vendor].format(**named)
    found = f'{head} FROM "{named["table"]}" {entry} WHERE {where}'
    return list(columns), found, (*values, stored(moment), *narrowed)


def _sql(template: str, named: dict[str, str], *values: Any) -> RawSQL:
    return RawSQL(  # noqa: S611 — our own names
        template.format(**named), values, output_field=TextField()
    )
