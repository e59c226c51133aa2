"""Reads an old SQLite file, without ever creating or changing one."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from crm.compat.importing.sources import Source, SourceError, Values


class SqliteSource(Source):
    def __init__(self, path: str) -> None:
        file = Path(path.removeprefix("sqlite:///"))
        if not file.is_file():
            raise SourceError(_("There is no file %(path)s.") % {"path": file})
        with _readable():
            self._connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
            self._connection.row_factory = sqlite3.Row
            # Bytes that are no UTF-8 cost a character, not the row.
            self._connection.text_factory = lambda text: text.decode(errors="replace")
            self._connection.execute("PRAGMA schema_version")
            self._connection.execute("BEGIN")  # every table as it is at one moment

    def columns(self, table: str) -> Sequence[str]:
        with _readable():
            found = self._connection.execute("SELECT name FROM pragma_table_info(?)", [table])
            return [row["name"] for row in found]

    def count(self, table: str) -> int:
        return self._number("count(*)", table)

    def highest(self, table: str, column: str) -> int:
        return self._number(f"max({_quoted(column)})", table)

    def _number(self, expression: str, table: str) -> int:
        statement = f"SELECT {expression} FROM {_quoted(table)}"  # noqa: S608 — quoted, and ours
        with _readable():
            return int(self._connection.execute(statement).fetchone()[0] or 0)

    def rows(self, table: str, order: Sequence[str]) -> Iterator[Values]:
        columns = ", ".join(map(_quoted, order))
        statement = f"SELECT * FROM {_quoted(table)} ORDER BY {columns}"  # noqa: S608 — the same
        with _readable():
            for row in self._connection.execute(statement):
                yield dict(row)

    def close(self) -> None:
        self._connection.close()


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        message = _("The source cannot be read: %(error)s")
        raise SourceError(message % {"error": error}) from error
