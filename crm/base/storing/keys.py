"""The counters from which databases give records their numbers."""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def lift(model: Any, past: int) -> None:
    """Let the next record of ``model`` have a number beyond ``past``, if it would not anyway."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _ensure_counter(cursor, table)
            cursor.execute(
                "UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [past, table]
            )
            return
        # Only forward: a counter that is further already is used by others meanwhile.
        cursor.execute(
            "SELECT setval(counter, %s) FROM (SELECT %s::regclass AS counter) AS of"
            " WHERE coalesce(pg_sequence_last_value(counter), 0) < %s",
            [past, _sequence(cursor, table), past],
        )


def draw(model: Any, count: int = 1) -> Sequence[int]:
    """Return ``count`` numbers that no record of ``model`` has, nor will get from the database."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _ensure_counter(cursor, table)
            cursor.execute(
                "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq",
                [count, table],
            )
            [[last]] = cursor.fetchall()
            return range(last - count + 1, last + 1)
        cursor.execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)", [_sequence(cursor, table), count]
        )
        return [number for (number,) in cursor.fetchall()]


def _sequence(cursor: Any, table: str) -> str:
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
    return str(cursor.fetchone()[0])


def _ensure_counter(cursor: Any, table: str) -> None:
    """SQLite begins to count with the first row."""
    cursor.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT %s, 0"
        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
        [table, table],
    )
