"""Reads an old PostgreSQL database: one snapshot, read-only, through a cursor of the server."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.rows import dict_row

from crm.compat.importing.sources import Source, SourceError, Values

SCHEME = re.compile(r"^(postgres|postgresql)(\+\w+)?://")
PATIENCE = 10  # seconds for a connection
CHUNK = 1000


class PostgresSource(Source):
    """``url`` is as the service had it, also with SQLAlchemy's ``+asyncpg``."""

    def __init__(self, url: str) -> None:
        if not SCHEME.match(url):
            message = _("The source is the address of a PostgreSQL database: %(example)s.")
            raise SourceError(message % {"example": "postgresql://user:password@host:5432/name"})
        with _readable():
            self._connection = psycopg.connect(
                SCHEME.sub("postgresql://", url),
                connect_timeout=PATIENCE,
                row_factory=dict_row,
                client_encoding="utf8",
            )
            # Every table as it is at one moment, and nothing that could write.
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True

    def columns(self, table: str) -> Sequence[str]:
        with _readable():
            found = self._connection.execute(
                "SELECT attname FROM pg_attribute"
                " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
                [f'"{table}"'],
            )
            return [row["attname"] for row in found]

    def count(self, table: str) -> int:
        return self._number("SELECT count(*) AS found FROM {}", sql.Identifier(table))

    def highest(self, table: str, column: str) -> int:
        names = sql.Identifier(column), sql.Identifier(table)
        return self._number("SELECT max({}) AS found FROM {}", *names)

    def _number(self, statement: LiteralString, *names: sql.Identifier) -> int:
        with _readable():
            row = self._connection.execute(sql.SQL(statement).format(*names)).fetchone()
        return int(row["found"] or 0) if row else 0

    def rows(self, table: str, order: Sequence[str]) -> Iterator[Values]:
        statement = sql.SQL("SELECT * FROM {} ORDER BY {}").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, order))
        )
        with _readable(), self._connection.cursor(f"import_{table}") as cursor:
            cursor.itersize = CHUNK
            yield from cursor.execute(statement)

    def rows_where(self, table: str, values: Values, column: str, among: Sequence[Any]) -> Any:
        conditions = [
            sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in values.items()
        ]
        statement = sql.SQL("SELECT * FROM {} WHERE {} AND {} = ANY({}) ORDER BY id").format(
            sql.Identifier(table),
            sql.SQL(" AND ").join(conditions),
            sql.Identifier(column),
            list(among),
        )
        with _readable():
            return self._connection.execute(statement).fetchall()

    def close(self) -> None:
        self._connection.close()


@contextmanager
def _readable() -> Iterator[None]:
    """Say what went wrong with the source; psycopg's words name no password."""
    try:
        yield
    except UnicodeDecodeError as error:
        message = _("The source holds text that is not UTF-8: convert the database first.")
        raise SourceError(message) from error
    except psycopg.Error as error:
        message = _("The source cannot be read: %(error)s")
        raise SourceError(message % {"error": str(error).strip()}) from error
