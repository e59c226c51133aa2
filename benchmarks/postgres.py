"""Databases of our own on the PostgreSQL server that ``BENCH_DATABASE_URL`` names."""

import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

OURS = ("crm_bench_", "crm_scale_")
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/")


def url_of(database: str) -> str:
    """Return the address of ``database`` on the benchmarks' server."""
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{database}"))


def connect(database: str = "postgres") -> psycopg.Connection[Any]:
    return psycopg.connect(url_of(database), autocommit=True)


def create(database: str, template: str = "template1") -> None:
    """Create ``database`` anew, as a copy of ``template``."""
    drop(database)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    with connect() as server:
        server.execute(statement.format(sql.Identifier(database), sql.Identifier(template)))


def drop(database: str) -> None:
    """Drop ``database`` if it exists; raises ``ValueError`` for one that is not the benchmarks'."""
    if not database.startswith(OURS):
        raise ValueError(f"{database} is none of the benchmarks' databases.")
    with connect() as server:
        set_template(server, database, False)
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        server.execute(statement.format(sql.Identifier(database)))


def keep_as_template(database: str) -> None:
    """Let copies of ``database`` be made, and keep it from being dropped by accident."""
    with connect() as server:
        set_template(server, database, True)


def set_template(server: psycopg.Connection[Any], database: str, value: bool) -> None:
    if exists(database):
        statement = sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE {}")
        server.execute(statement.format(sql.Identifier(database), sql.Literal(value)))


def is_template(database: str) -> bool:
    with connect() as server:
        found = server.execute(
            "SELECT datistemplate FROM pg_database WHERE datname = %s", [database]
        ).fetchone()
    return bool(found and found[0])


def exists(database: str) -> bool:
    return database in names()


def names() -> list[str]:
    with connect() as server:
        return [row[0] for row in server.execute("SELECT datname FROM pg_database").fetchall()]


def strangers(databases: list[str]) -> list[str]:
    """Return the other databases somebody is connected to: their work disturbs the figures."""
    with connect() as server:
        rows = server.execute(
            "SELECT DISTINCT datname FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND datname <> ALL(%s)",
            [[*databases, "postgres"]],
        )
        return [row[0] for row in rows.fetchall()]


def leave_alone(database: str) -> None:
    """Keep autovacuum, which starts whenever it likes, out of the figures of one side."""
    statement = sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = off)")
    with connect(database) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables.fetchall():
            connection.execute(statement.format(sql.Identifier(table)))
