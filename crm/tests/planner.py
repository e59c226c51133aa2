"""What the planner of the database knows of its tables."""

from django.db import connection


def analyzed() -> set[str]:
    """Return the names of the tables of whose values the database has statistics."""
    if connection.vendor == "postgresql":
        statement = "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'"
    else:
        statement = "SELECT DISTINCT tbl FROM sqlite_stat1"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # which makes that table at the first ANALYZE
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
            if cursor.fetchone() == (0,):
                return set()
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}
