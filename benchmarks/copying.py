"""Copies our service's rows into the peer's tables, so that both answer about the same."""

from psycopg import Cursor, sql

from benchmarks import postgres

# The peer's table, and where its columns are read from.
TABLES = {
    "app_user": "accounts_user",
    "auth_session": "accounts_authsession",
    "customer": "customers_customer",
}


def copy_rows(source: str, target: str) -> None:
    """Fill every table of ``target`` from ``source`` and let its numbers continue."""
    with postgres.connect(source) as left, postgres.connect(target) as right:
        for table, origin in TABLES.items():
            found = right.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table)))
            names = [sql.Identifier(column.name) for column in found.description or ()]
            columns = sql.SQL(", ").join(names)
            read = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(origin), columns)
            write = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
            with Cursor(left).copy(read) as rows, Cursor(right).copy(write) as copies:
                for block in rows:
                    copies.write(block)
            number = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
            right.execute(number.format(table, sql.Identifier(table)))
        right.execute("VACUUM ANALYZE")
