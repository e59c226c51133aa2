"""Reads all rows of a queryset in chunks, each a statement that begins where the last one ended.

No cursor is left open and no transaction with it, on either database and behind any pooler. It is
what following a list from page to page reads: what changes meanwhile may be met or not.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet

from crm.base.storing.row_comparison import Greater, Less, row

CHUNK = 2000  # rows: a few megabytes of memory

Row = dict[str, Any]
Fetch = Callable[[QuerySet[Any]], Iterable[Row]]


def in_chunks(records: QuerySet[Any], ordering: Sequence[str], fetch: Fetch) -> Iterator[Row]:
    """Yield a row for each of ``records`` in ``ordering``, which ends in a unique column.

    ``fetch`` makes rows of a limited queryset; they hold the ordering columns.
    """
    key = records.model._meta.pk.name
    ordering = [f"{name[:-2]}{key}" if name in ("pk", "-pk") else name for name in ordering]
    ordered = records.order_by(*ordering)
    chunk = list(fetch(ordered[:CHUNK]))
    while chunk:
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = [chunk[-1][name.removeprefix("-")] for name in ordering]
        chunk = list(fetch(beyond(ordered, ordering, last)[:CHUNK]))


def beyond(records: QuerySet[Any], ordering: Sequence[str], values: Sequence[Any]) -> QuerySet[Any]:
    """Keep the rows after the one whose ordering columns have these ``values``."""
    downwards = {name.startswith("-") for name in ordering}
    columns = [name.removeprefix("-") for name in ordering]
    fields = [records.model._meta.get_field(column) for column in columns]
    if len(downwards) == 1 and not any(field.null for field in fields):
        comparison = Less if downwards == {True} else Greater
        # One comparison of all columns, which bounds the index scan.
        return records.filter(comparison(row(columns), values))
    found, equal = Q(), Q()
    sqlite = connections[records.db].vendor == "sqlite"
    for name, field, value in zip(ordering, fields, values, strict=True):
        later = _later(name, value, field.null, nulls_last=sqlite == name.startswith("-"))
        found |= equal & later if later else Q()
        equal &= Q(**{name.removeprefix("-"): value})
    return records.filter(found)


def _later(name: str, value: Any, is_nullable: bool, *, nulls_last: bool) -> Q:
    """Return what keeps a column's values that sort after ``value``; empty where none do."""
    column = name.removeprefix("-")
    if value is None:
        return Q() if nulls_last else Q(**{f"{column}__isnull": False})
    found = Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
    return found | Q(**{f"{column}__isnull": True}) if is_nullable and nulls_last else found
