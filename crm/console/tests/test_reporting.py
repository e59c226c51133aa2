"""Menu item 6: the financial report, on the screen and in a file."""

import errno
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import time_machine

from accounts.models import User
from crm.base.models import SecurityEvent
from crm.console.tests.talk import piped, typed
from customers.tests.make import make_customer
from invoices.tests.make import make_company, make_invoice

NAME = re.compile(r"resumen_financiero_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.json")


def flat(price: int) -> dict[str, Any]:
    return {"description": "x", "unit_price": Decimal(price), "tax_rate": Decimal(0)}


@pytest.fixture
def books(db: None) -> None:
    """Ana was billed 30, of which 10 are paid, and 5 that were cancelled; Eva nothing."""
    make_company()
    ana = make_customer(name="Ana", surname="López", email="ana@example.com")
    make_customer(name="Eva")
    make_invoice(flat(20), customer=ana)
    make_invoice(flat(10), customer=ana).record_payment(Decimal(10))
    make_invoice(flat(5), customer=ana).cancel()


def saved(folder: Path) -> Any:
    [path] = folder.iterdir()
    return json.loads(path.read_text("utf-8"), parse_float=Decimal)


@pytest.mark.usefixtures("books")
def test_the_sums_are_shown_by_customer_and_in_all(sam: User, tmp_path: Path) -> None:
    said = piped(sam, "6", "7", folder=tmp_path).lines
    [ana] = (line for line in said if line.startswith("Ana López"))
    assert ana.split()[2:] == ["3", "30,00", "EUR", "10,00", "EUR", "20,00", "EUR"]
    assert any(line.startswith("Eva") for line in said)
    end = said.index("--- RESUMEN GENERAL ---")
    assert said[end + 1 : end + 7] == [
        "Total de usuarios: 2",
        "Total de facturas: 3",
        "Facturado: 30,00 EUR",
        "Pagado: 10,00 EUR",
        "Pendiente: 20,00 EUR",
        "Cancelado: 5,00 EUR",
    ]


@pytest.mark.usefixtures("books")
def test_the_file_says_the_same(sam: User, tmp_path: Path) -> None:
    said = piped(sam, "6", "7", folder=tmp_path)
    report = saved(tmp_path)
    [path] = tmp_path.iterdir()
    assert NAME.fullmatch(path.name)
    assert f"Reporte guardado en {path}" in said.lines
    assert path.stat().st_mode & 0o077 == 0  # it names people and what they owe
    assert report["resumen_general"] == {
        "total_usuarios": 2,
        "moneda": "EUR",
        "total_facturas": 3,
        "ingresos_totales": Decimal("30.00"),
        "ingresos_pagados": Decimal("10.00"),
        "ingresos_pendientes": Decimal("20.00"),
    }
    ana, eva = report["usuarios"]
    assert ana == {
        "nombre": "Ana López",
        "email": "ana@example.com",
        "moneda": "EUR",
        "total_facturas": 3,
        "monto_total": Decimal("30.00"),
        "monto_pagado": Decimal("10.00"),
        "monto_pendiente": Decimal("20.00"),
    }
    assert (eva["email"], eva["total_facturas"], eva["monto_total"]) == (None, 0, 0)


@pytest.mark.usefixtures("books")
def test_currencies_stay_apart(sam: User, tmp_path: Path) -> None:
    make_invoice(flat(500), currency="JPY")
    said = piped(sam, "6", "7", folder=tmp_path)
    [other] = saved(tmp_path)["otras_monedas"]
    assert (other["moneda"], other["total_facturas"], other["ingresos_totales"]) == ("JPY", 1, 500)
    assert "Facturado: 500 JPY" in said.lines
    assert "Facturado: 30,00 EUR" in said.lines


@pytest.mark.usefixtures("books")
def test_rows_add_up_to_the_total_also_of_who_was_archived(sam: User, tmp_path: Path) -> None:
    gone = make_invoice(flat(7)).customer
    gone.archive(confirmed=True)
    make_customer().archive()  # who never bought is not told
    piped(sam, "6", "7", folder=tmp_path)
    report = saved(tmp_path)
    assert sum(row["monto_total"] for row in report["usuarios"]) == Decimal("37.00")
    assert report["resumen_general"]["ingresos_totales"] == Decimal("37.00")
    assert len(report["usuarios"]) == 3


@pytest.mark.usefixtures("books")
def test_a_second_report_within_a_second_replaces_nothing(sam: User, tmp_path: Path) -> None:
    with time_machine.travel("2026-03-04 05:06:07", tick=False):
        piped(sam, "6", "6", "7", folder=tmp_path)
    name = "resumen_financiero_2026-03-04_05-06-07"
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.json", f"{name}_2.json"}


@pytest.mark.usefixtures("books")
def test_a_full_disk_leaves_no_half_of_a_file(sam: User, tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with patch("crm.console.report_file.os.fsync", side_effect=full):
        said = piped(sam, "6", "7", folder=tmp_path)
    assert "No se pudo guardar el reporte" in said.text
    assert "--- RESUMEN GENERAL ---" in said.lines
    assert said.code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("books")
def test_a_folder_that_is_not_there_is_told(sam: User, tmp_path: Path) -> None:
    said = typed(sam, "6", folder=tmp_path / "nowhere")
    assert "No se pudo guardar el reporte" in said.text
    assert said.code == 0


@pytest.mark.usefixtures("books")
def test_an_auditor_sees_who_took_it(sam: User, tmp_path: Path) -> None:
    piped(sam, "6", "7", folder=tmp_path)
    event = SecurityEvent.objects.get(kind="exported")
    assert (event.actor_name, event.source) == ("sam", "console")


def test_without_customers_nothing_is_saved(sam: User, tmp_path: Path) -> None:
    said = piped(sam, "6", "7", folder=tmp_path)
    assert "❌ No hay usuarios registrados." in said.lines
    assert list(tmp_path.iterdir()) == []
