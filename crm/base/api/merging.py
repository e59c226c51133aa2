"""Pages of entries from several tables, newest first.

Each table gives its next few entries from an index, the database merges them, and only the rows
of one page are read.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet, Value
from django.http import QueryDict

from crm.base.api.pagination import Cursor, Page, after, bad_cursor, stored

# Entries of the same moment are in the order of their tables' names, then of their numbers.
ORDER = ("-at", "-table", "-history_id")
PART = "SELECT * FROM ({part}) AS part{number}"
MERGED = "{parts} ORDER BY 1 {way}, 2 {way}, 3 {way} LIMIT {most}"
Values = dict[str, Any]
Key = tuple[str, int]


class Part(NamedTuple):
    """The ``rows`` of one table, in the order of its columns for time and number.

    ``entries`` makes of numbers what the page shows, in as many statements however many they are.
    """

    name: str
    rows: QuerySet[Any]
    order: tuple[str, str]
    entries: Callable[[Collection[int]], Mapping[int, Values]]


class MergedPage(Page):
    """A page of the entries of ``parts``; a cursor may come from any of the tables ``known``."""

    def __init__(self, parts: Sequence[Part], known: Sequence[str], query: QueryDict) -> None:
        super().__init__(None, ORDER, query)
        self.parts, self.known = {part.name: part for part in parts}, sorted(known)
        if self.cursor and self.cursor.values[1] not in self.known:
            raise bad_cursor()

    def limited(self, backwards: bool) -> list[Key]:
        """Return the tables and numbers of one entry more than fit."""
        keys = [self._keys(part, backwards) for part in self.parts.values()]
        found = merged(keys, backwards, self.size + 1)
        return [(self.known[rank], number) for _at, rank, number in found]

    def _keys(self, part: Part, backwards: bool) -> QuerySet[Any]:
        """Return the time, the table and the number of its entries that may be on the page."""
        date, number = part.order
        sign = "" if backwards else "-"
        further = beyond(part, self.cursor) if self.cursor else part.rows
        rank = Value(self.known.index(part.name))
        ordered = further.order_by(f"{sign}{date}", f"{sign}{number}")
        return ordered.values_list(date, rank, number)[: self.size + 1]

    def entries(self, keys: Sequence[Key]) -> list[Values]:
        """Return the entries of ``keys``, in their order."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for name, number in keys:
            numbers[name].append(number)
        present = [part for part in self.parts.values() if part.name in numbers]
        found = {part.name: part.entries(numbers[part.name]) for part in present}
        return [found[name][number] for name, number in keys]

    def count(self) -> int:
        return sum(part.rows.count() for part in self.parts.values())


def beyond(part: Part, cursor: Cursor) -> QuerySet[Any]:
    """Keep the rows of ``part`` that come after ``cursor``, which may be at another table's."""
    date, number = part.order
    at, name, given = cursor.values
    if part.name == name:
        here = Cursor((at, given), cursor.backwards)
        return after(part.rows, (f"-{date}", f"-{number}"), here)
    way = "gt" if cursor.backwards else "lt"
    same_moment = "e" if (part.name > name) == cursor.backwards else ""
    moment = stored(part.rows.model._meta.get_field(date), at)
    return part.rows.filter(**{f"{date}__{way}{same_moment}": moment})


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
