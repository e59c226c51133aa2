"""Batches: stored as a whole, without what the database refuses, and resumed where they ended."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction

from crm.compat.importing import taking
from crm.compat.importing.leads import Leads
from crm.compat.importing.rows import Row
from crm.compat.importing.table import reason_of
from crm.compat.importing.tests.conftest import Do
from crm.compat.models import ImportedRow, LegacyId
from crm.tests.planner import analyzed
from customers.tests.make import make_customer
from leads.models import Lead

pytestmark = pytest.mark.django_db
SERVICE = "crm-microservice"
ROWS = 17


@pytest.fixture
def source(microservice: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(taking, "BATCH", 5)
    leads = [
        {"id": number, "name": f"Lead {number}", "email": f"lead{number}@example.com"}
        for number in range(1, ROWS + 1)
    ]
    return microservice(leads=leads)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, name: str) -> None:
    """Let the store of whoever is called ``name`` fail after it has written."""
    store = Leads.store

    def break_off(self: Leads, rows: list[Row]) -> None:
        store(self, rows)
        if any(row.values["name"] == name for row in rows):
            raise error

    monkeypatch.setattr(Leads, "store", break_off)


def test_only_the_row_at_fault_is_left_and_nothing_is_half_stored(
    do: Do, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, IntegrityError("no"), "Lead 8")
    told = do(SERVICE, source)
    assert told.about("refused") == ["8"]
    assert Lead.objects.count() == ImportedRow.objects.count() == ROWS - 1
    assert LegacyId.objects.count() == ROWS - 1
    assert not Lead.history.filter(name="Lead 8").exists()
    assert f"rows {ROWS}; taken over {ROWS - 1}, not taken 1" in told.text


def test_a_run_that_was_broken_off_goes_on_where_it_ended(
    do: Do, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, OperationalError("the server is gone"), "Lead 12")
        with pytest.raises(CommandError, match="server is gone"):
            do(SERVICE, source)
    assert Lead.objects.count() == 10  # two batches of five
    told = do(SERVICE, source)
    assert f"taken over {ROWS - 10}, there already 10" in told.text
    assert Lead.objects.count() == Lead.history.count() == ROWS


def test_a_row_that_is_gone_there_stays_here_and_is_counted(
    do: Do, source: Path, tmp_path: Path
) -> None:
    do(SERVICE, source)
    with sqlite3.connect(source) as file:
        file.execute("DELETE FROM leads WHERE id > 15")
    file.close()
    told = do(SERVICE, source)
    assert "2 are gone there" in told.text
    assert Lead.objects.count() == ROWS


def test_postgresql_knows_at_once_how_much_has_come(do: Do, source: Path) -> None:
    do(SERVICE, source)
    filled = {model._meta.db_table for model in (Lead, Lead.history.model, ImportedRow, LegacyId)}
    assert analyzed() & filled == (filled if connection.vendor == "postgresql" else set())


def test_a_refusal_names_all_that_others_have(db: None) -> None:
    make_customer(email="ana@example.com")
    make_customer(phone="+584123456789")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make_customer(email="ana@example.com", phone="+584123456789")
    assert reason_of(refused.value) == "Another record has this value already. (email, phone)"


def test_the_report_is_nobody_elses_business(do: Do, source: Path, tmp_path: Path) -> None:
    do(SERVICE, source)
    assert (tmp_path / "report.jsonl").stat().st_mode & 0o077 == 0


def test_a_spreadsheet_runs_nothing_that_the_report_repeats(
    do: Do, microservice: Callable[..., Path], tmp_path: Path
) -> None:
    formula = '=HYPERLINK("http://evil")'
    rows: list[dict[str, Any]] = [
        {"id": 1, "name": "A", "email": "a@example.com", "status": formula, "url": None}
    ]
    report = tmp_path / "report.csv"
    source = microservice(leads=rows)
    call_command("import_legacy", SERVICE, str(source), report=report, apply=True)
    assert f',"\'{formula.replace(chr(34), chr(34) * 2)}",' in report.read_text()
