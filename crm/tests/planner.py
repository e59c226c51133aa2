"""What the planner of the database knows of its tables."""

from django.db import connection


def analyzed() -> set[str]:
    """Return the names of the tables of whose values the database has statistics."""
    if connection.vendor == "postgresql":
        statement = "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'"
    else:
        statement = "SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%'"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}
