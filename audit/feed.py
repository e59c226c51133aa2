"""One feed over all tables, newest first, in keyset pages.

Each table gives its next few entries from an index, the database merges them, and only the rows
of one page are read.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value
from django.http import QueryDict

from audit.tables import Question, Table, tables
from crm.base.api.pagination import Cursor, Page, after, bad_cursor, stored
from crm.base.models import SecurityEvent

# Entries of the same moment are in the order of their tables' names, then of their numbers.
ORDER = ("-at", "-table", "-history_id")
PART = "SELECT * FROM ({part}) AS part{number}"
MERGED = "{parts} ORDER BY 1 {way}, 2 {way}, 3 {way} LIMIT {most}"
Key = tuple[Table, int]


class FeedPage(Page):
    """A page of the entries that answer ``question``, as ``actor`` may see them."""

    def __init__(self, question: Question, actor: Any, query: QueryDict) -> None:
        super().__init__(SecurityEvent.objects.none(), ORDER, query)
        self.question, self.actor = question, actor
        if self.cursor and self.cursor.values[1] not in list(tables()):
            raise bad_cursor()

    def limited(self, backwards: bool) -> list[Key]:
        asked = {name: value for name, value in self.question.items() if name != "table"}
        only = self.question.get("table")
        parts = [
            (table, rows)
            for table in tables().values()
            if only in (None, table.name)
            and (rows := table.narrowed(asked, self.actor)) is not None
        ]
        keys = [self._keys(table, rows, backwards) for table, rows in parts]
        found = merged(keys, backwards, self.size + 1)
        known = list(tables().values())
        return [(known[rank], number) for _at, rank, number in found]

    def _keys(self, table: Table, rows: QuerySet[Any], backwards: bool) -> QuerySet[Any]:
        """Return the time, the table and the number of its entries that may be on the page."""
        date, number = table.order
        sign = "" if backwards else "-"
        further = beyond(rows, table, self.cursor) if self.cursor else rows
        rank = Value(list(tables()).index(table.name))
        ordered = further.order_by(f"{sign}{date}", f"{sign}{number}")
        return ordered.values_list(date, rank, number)[: self.size + 1]

    def entries(self, keys: Sequence[Key]) -> list[dict[str, Any]]:
        """Return the entries of ``keys``, in their order."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for table, number in keys:
            numbers[table.name].append(number)
        known = {name: tables()[name].entries(of, self.actor) for name, of in numbers.items()}
        return [known[table.name][number] for table, number in keys]


def beyond(rows: QuerySet[Any], table: Table, cursor: Cursor) -> QuerySet[Any]:
    """Keep the rows of ``table`` that come after ``cursor``, which may be at another table's."""
    date, number = table.order
    at, name, given = cursor.values
    if table.name == name:
        return after(rows, (f"-{date}", f"-{number}"), Cursor((at, given), cursor.backwards))
    way = "gt" if cursor.backwards else "lt"
    same_moment = "e" if (table.name > name) == cursor.backwards else ""
    moment = stored(rows.model._meta.get_field(date), at)
    return rows.filter(**{f"{date}__{way}{same_moment}": moment})


def merged(parts: Sequence[QuerySet[Any]], backwards: bool, most: int) -> list[Any]:
    """Return the first ``most`` rows of all ``parts``, with one statement.

    Django's ``union`` would do, but that it limits no part on SQLite.
    """
    if not parts:
        return []
    compiled = [part.query.sql_with_params() for part in parts]
    pieces = [PART.format(part=sql, number=number) for number, (sql, _) in enumerate(compiled)]
    way = "ASC" if backwards else "DESC"
    statement = MERGED.format(parts=" UNION ALL ".join(pieces), way=way, most=most)
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, values in compiled for value in values])
        return list(cursor.fetchall())
