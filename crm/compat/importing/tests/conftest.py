"""Databases as the replaced services left them, and a way to import them."""

import io
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from crm.compat.importing.tests import schemas


class Told(NamedTuple):
    """What the command printed, and the notes of its report."""

    text: str
    notes: list[dict[str, str]]

    def of(self, key: Any) -> list[str]:
        """Return the codes noted of the row ``key``."""
        return [note["code"] for note in self.notes if note["key"] == str(key)]

    def about(self, code: str) -> list[str]:
        """Return the keys of the rows of which ``code`` is noted."""
        return [note["key"] for note in self.notes if note["code"] == code]


class Do:
    """Runs the command: ``do("crm-microservice", path)`` stores, ``dry`` only tries."""

    def __init__(self, directory: Path) -> None:
        self._report = directory / "report.jsonl"

    def __call__(self, service: str, source: Any, **options: Any) -> Told:
        return self._run(service, source, apply=True, **options)

    def dry(self, service: str, source: Any, **options: Any) -> Told:
        return self._run(service, source, **options)

    def _run(self, service: str, source: Any, **options: Any) -> Told:
        out = io.StringIO()
        call_command(
            "import_legacy", service, str(source), report=self._report, stdout=out, **options
        )
        lines = self._report.read_text().splitlines()
        return Told(out.getvalue(), [json.loads(line) for line in lines])


@pytest.fixture
def do(tmp_path: Path, db: None) -> Do:
    return Do(tmp_path)


Rows = Sequence[Mapping[str, Any]]


def inserting(table: str, row: Mapping[str, Any], mark: str) -> Any:
    verb = "INSERT OR REPLACE" if mark == "?" else "INSERT"
    columns, marks = ", ".join(row), ", ".join([mark] * len(row))
    return f'{verb} INTO "{table}" ({columns}) VALUES ({marks})'


@pytest.fixture
def microservice(tmp_path: Path) -> Callable[..., Path]:
    """``microservice(leads=[…])`` writes the rows into the service's SQLite file."""
    path = tmp_path / "crm.db"

    def write(**tables: Rows) -> Path:
        with sqlite3.connect(path) as file:
            file.executescript(schemas.MICROSERVICE)
            for table, rows in tables.items():
                for row in rows:
                    file.execute(inserting(table, row, "?"), list(row.values()))
        file.close()
        return path

    return write


@pytest.fixture
def console(tmp_path: Path) -> Callable[..., Path]:
    """``console(usuarios=[…], facturas=[…])`` exports the collections into a directory."""
    directory = tmp_path / "export"

    def write(**collections: Rows) -> Path:
        directory.mkdir(exist_ok=True)
        for name, documents in collections.items():
            lines = [json.dumps(document) for document in documents]
            (directory / f"{name}.json").write_text("\n".join(lines) + "\n")
        return directory

    return write


class Postgres:
    """A service's database on the server that the tests use."""

    def __init__(self, url: str) -> None:
        self.url = url

    def write(self, schema: str = "", **tables: Rows) -> str:
        with psycopg.connect(self.url, autocommit=True) as server:
            if schema:
                server.execute(schema)
            for table, rows in tables.items():
                for row in rows:
                    server.execute(inserting(table, row, "%s"), list(row.values()))
        return self.url

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute(statement)


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    if connection.vendor != "postgresql":
        pytest.skip("the source is on the PostgreSQL server that the other half of the tests uses")
    given = connection.settings_dict
    where = {"host": given["HOST"], "port": given["PORT"] or 5432, "user": given["USER"]}
    name = f"{given['NAME']}_old_{os.getpid()}"
    password = given["PASSWORD"] or None
    admin = psycopg.connect(dbname="postgres", autocommit=True, password=password, **where)
    admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
    admin.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    secret = f":{password}" if password else ""
    try:
        yield Postgres(
            f"postgresql://{where['user']}{secret}@{where['host']}:{where['port']}/{name}"
        )
    finally:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.close()
