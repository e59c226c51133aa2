"""Sources that are not there, or not what they are said to be."""

import sqlite3
from pathlib import Path

import pytest
from django.core.management import CommandError

from crm.compat.importing.tests.conftest import Do, Postgres

pytestmark = pytest.mark.django_db


def test_a_file_that_is_not_there_is_not_made(do: Do, tmp_path: Path) -> None:
    for service in ("crm-microservice", "console-crm"):
        with pytest.raises(CommandError, match="no file"):
            do(service, tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database(do: Do, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no database at all, but long enough to be taken for the header of one")
    with pytest.raises(CommandError, match="not a database"):
        do("crm-microservice", file)


def test_another_services_database(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE leads (id INTEGER, title TEXT)")
    file.close()
    with pytest.raises(CommandError, match="leads lacks email, name, status"):
        do("crm-microservice", path)


@pytest.mark.parametrize("service", ["mini-crm", "the-crm-service", "crm-api"])
def test_an_address_that_is_none(do: Do, service: str) -> None:
    with pytest.raises(CommandError, match="address of a PostgreSQL database"):
        do(service, "mysql://x")


def test_a_server_that_does_not_answer_names_no_password(do: Do) -> None:
    with pytest.raises(CommandError, match="cannot be read") as refused:
        do("crm-api", "postgresql://someone:secret-word@127.0.0.1:1/none")
    assert "secret-word" not in str(refused.value)


def test_a_table_that_is_missing(do: Do, postgres: Postgres) -> None:
    with pytest.raises(CommandError, match="no table customers"):
        do("crm-api", postgres.url)


def test_bytes_that_are_no_utf8_cost_a_character_and_not_the_row(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    with sqlite3.connect(path) as file:
        for table, columns in {
            "leads": "id, name, email, status",
            "actions": "id, lead_id, action_type, details",
            "processes": "id, name, status",
        }.items():
            file.execute(f"CREATE TABLE {table} ({columns})")
        file.execute(
            "INSERT INTO leads VALUES (1, CAST(X'4A6FE9' AS TEXT), 'jo@example.com', 'new')"
        )
    file.close()
    told = do("crm-microservice", path)
    assert told.of(1) == ["characters_removed"]
