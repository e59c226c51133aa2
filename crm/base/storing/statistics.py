"""Tells the database how much its tables hold, once many rows were written.

Until autovacuum has come, a minute later, PostgreSQL takes new tables for empty, and a list of them
for one that is best read whole. SQLite plans by the indexes, for large tables as for small ones;
what it is told of its tables would be of yesterday soon, because nobody tells it again.
"""

from django.db import connection, transaction


def analyze() -> None:
    """Have PostgreSQL look at all tables; what the transaction under way has written counts, too.

    Nobody who reads or writes waits for it. A table that somebody vacuums is left out.
    """
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        tables = map(connection.ops.quote_name, connection.introspection.table_names(cursor))
        cursor.execute("SET LOCAL statement_timeout = 0")  # many tables, or a slow disk
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}")
