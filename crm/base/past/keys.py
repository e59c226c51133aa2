"""Which records may be meant by what is looked for in the past: a few keys, found by indexes.

Each is of a record that has what is looked for today, or had it and has not any more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from crm.base.past.texts import words
from crm.base.trail.differences import RESTORE
from crm.base.trail.history import history_model

# Reading so many by their keys, or the newest until fifty are found, takes as long in a million.
MOST = 5000
MOST_ALIKE = 1000  # to compare a value costs less than to look into a text
_WITH_TERMS = 'SELECT id FROM "{table}" WHERE {matches}'
_HAD_TERMS = 'UNION ALL SELECT record_id FROM "{texts}" WHERE {matches} LIMIT %s'
# What is live and what is archived have an index each.
_LIVE = 'SELECT id FROM "{table}" WHERE {column} = %s'
_ARCHIVABLE = f"{_LIVE} AND archived_at IS NULL UNION ALL {_LIVE} AND archived_at IS NOT NULL"
_REPLACED = 'UNION ALL SELECT record_id FROM "{texts}" WHERE {column} = %s LIMIT %s'


def with_terms(model: Any, terms: Sequence[str]) -> set[int] | None:
    """Return the keys of records whose text has, or had, all ``terms``; None for too many.

    PostgreSQL guesses first, as it does for a search of today: to collect what many have in common
    takes longer than to meet some of them. SQLite would have to read every text to know.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        return None
    matches = " AND ".join(["search_text LIKE %s"] * len(terms))
    patterns = [f"%{connection.ops.prep_for_like_query(term)}%" for term in terms]
    has, had = (one.format(**words(model), matches=matches) for one in (_WITH_TERMS, _HAD_TERMS))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {has}", patterns)
        [[[guess]]] = cursor.fetchall()
    few = guess["Plan"]["Plan Rows"] <= MOST
    return _read(f"{has} {had}", [*patterns, *patterns], MOST) if few else None


def with_value(model: Any, name: str, value: str) -> set[int] | None:
    """Return the keys of records that have, or had, ``value`` in a field that is ``looked_up``."""
    archivable = any(field.name == "archived_at" for field in model._meta.concrete_fields)
    statement = f"{_ARCHIVABLE if archivable else _LIVE} {_REPLACED}"
    stored = model._meta.get_field(name).get_prep_value(value)
    values = [stored] * statement.count("= %s")
    return _read(statement.format(**words(model), column=name), values, MOST_ALIKE)


def restored_since(model: Any, moment: datetime) -> set[int] | None:
    """Return the keys of records that came back from the archive after ``moment``."""
    entries = history_model(model).objects.filter(action=RESTORE, history_date__gt=moment)
    found = set(entries.order_by().values_list("id", flat=True)[: MOST + 1])
    return found if len(found) <= MOST else None


def _read(statement: str, values: Sequence[Any], most: int) -> set[int] | None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, [*values, most + 1])
        found = {pk for [pk] in cursor.fetchall()}
    return found if len(found) <= most else None
