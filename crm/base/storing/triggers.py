"""What the makers of triggers share."""

from typing import Any, NamedTuple


class Trigger(NamedTuple):
    """A trigger: how it is made, and what the database says of it once it is there."""

    name: str
    statements: list[str]
    known_as: tuple[Any, ...]


def names_on(cursor: Any, tables: list[str]) -> set[str]:
    """Return the names of the triggers on ``tables``."""
    if cursor.db.vendor == "sqlite":
        statement, values = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'", []
    else:
        statement = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND pg_class.oid = ANY (%s::regclass[])"
        )
        values = [tables]
    cursor.execute(statement, values)
    return {name for name, table in cursor.fetchall() if table in tables}


def schema_of(cursor: Any, table: str) -> str:
    """Return PostgreSQL's schema of ``table``, quoted and with its dot; SQLite has none."""
    if cursor.db.vendor == "sqlite":
        return ""
    cursor.execute(
        "SELECT nspname FROM pg_namespace WHERE oid ="
        " (SELECT relnamespace FROM pg_class WHERE oid = %s::regclass)",
        [f'"{table}"'],
    )
    return f'"{cursor.fetchone()[0]}".'
