"""The file of the financial report, as the service that the console replaces wrote it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import orjson
from django.utils import timezone

from crm.base.money import amount_text

Row = dict[str, Any]


def save(folder: Path, customers: int, totals: Sequence[Row], rows: Iterable[Row]) -> Path:
    """Write the report into a new file of ``folder`` and return its path.

    ``totals`` and ``rows`` hold amounts and their currency; of ``totals`` the first is the
    company's. The file appears complete or not at all, and replaces none. Raises ``OSError``.
    """
    now = timezone.localtime()
    head = {"timestamp": now.isoformat(timespec="seconds"), **_summary(customers, totals)}
    with NamedTemporaryFile("wb", dir=folder, prefix=".", suffix=".part", delete=False) as file:
        try:
            file.writelines(_lines(head, rows))
            file.flush()
            os.fsync(file.fileno())
            return _publish(Path(file.name), folder, now)
        finally:
            with suppress(FileNotFoundError):
                Path(file.name).unlink()


def _publish(written: Path, folder: Path, now: datetime) -> Path:
    """Give the file a name that nobody has; a second one within a second gets a number."""
    name = f"resumen_financiero_{now:%Y-%m-%d_%H-%M-%S}"
    for number in count(1):
        path = folder / (f"{name}.json" if number == 1 else f"{name}_{number}.json")
        with suppress(FileExistsError):
            path.hardlink_to(written)  # a name that is taken stays whose it is
            return path
    raise AssertionError("numbers do not end")


def _lines(head: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the JSON text, a line for each row, so that it is never in memory as a whole."""
    yield orjson.dumps(head)[:-1] + b',"usuarios":['
    for number, row in enumerate(rows):
        yield (b",\n" if number else b"\n") + orjson.dumps(_customer(row))
    yield b"\n]}\n"


def _summary(customers: int, totals: Sequence[Row]) -> Row:
    own, *others = map(_total, totals)
    return {
        "resumen_general": {"total_usuarios": customers, **own},
        "otras_monedas": others,
    }


def _total(row: Row) -> Row:
    return {
        "moneda": row["currency"],
        "total_facturas": row["count"],
        "ingresos_totales": _number(row, "billed"),
        "ingresos_pagados": _number(row, "paid"),
        "ingresos_pendientes": _number(row, "pending"),
    }


def _customer(row: Row) -> Row:
    return {
        "nombre": row["customer"],
        "email": row["email"],
        "moneda": row["currency"],
        "total_facturas": row["count"],
        "monto_total": _number(row, "billed"),
        "monto_pagado": _number(row, "paid"),
        "monto_pendiente": _number(row, "pending"),
    }


def _number(row: Row, name: str) -> orjson.Fragment:
    """Return the amount as a JSON number to the last decimal, which a float need not be."""
    amount: Decimal = row[name]
    return orjson.Fragment(str(amount_text(amount, row["currency"])))
