"""How long it takes to take over 100,000 rows of a replaced service, and in how much memory.

    python -m benchmarks.import_legacy [--rows 100000] [--sqlite]

For each service a source of that many rows is made, and imported twice into a database that is
migrated and else empty: seconds of the whole command, of them on the processor (without
PostgreSQL's), and the most memory that a process had (MiB). PostgreSQL
is BENCH_DATABASE_URL's; ``--sqlite`` imports into an SQLite file.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from benchmarks import postgres
from crm.compat.importing.tests import schemas

SECRETS = ("SECRET_KEY", "JWT_KEY", "API_KEY_PEPPER", "AUDIT_KEY")
# As in production: DEBUG would keep what every statement said.
SETTINGS = {"DEBUG": "false", "TLS": "false", **{name: name * 8 for name in SECRETS}}
TARGET, SOURCE = "crm_bench_import", "crm_bench_old"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sqlite", action="store_true", help="import into an SQLite file")
    asked = parser.parse_args()
    print(f"{'':20}{'rows':>9}", "  first s    CPU s  again s    CPU s    MiB")
    with tempfile.TemporaryDirectory() as directory:
        for service, make in SERVICES.items():
            source = make(Path(directory), asked.rows)
            environment = _target(Path(directory), asked.sqlite)
            figures = [*_timed(service, source, environment), *_timed(service, source, environment)]
            # Of all processes so far.
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(
                f"{service:20}{asked.rows:>9,}",
                *(f"{one:>8.1f}" for one in figures),
                f"{most:>6.0f}",
            )
    for database in (TARGET, SOURCE):
        postgres.drop(database)


def _target(directory: Path, is_sqlite: bool) -> dict[str, str]:
    """Return the environment of a CRM with an empty database."""
    file = directory / "crm.sqlite3"
    file.unlink(missing_ok=True)
    if not is_sqlite:
        postgres.create(TARGET)
    url = f"sqlite:///{file}" if is_sqlite else postgres.url_of(TARGET)
    environment = {**os.environ, **SETTINGS, "DATABASE_URL": url, "DATA_DIR": str(directory)}
    _manage(environment, "migrate", "--verbosity=0")
    _manage(
        environment,
        "shell",
        "--command=from invoices.models import CompanyProfile as C; C(name='Ours').save()",
    )
    return environment


def _manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)


def _timed(service: str, source: str, environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds that the command took, and those that it worked, without PostgreSQL's."""
    began, before = time.perf_counter(), _processor()
    _manage(environment, "import_legacy", service, source, "--apply")
    return time.perf_counter() - began, _processor() - before


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _old_database(schema: str, *filling: tuple[LiteralString, list[Any]]) -> str:
    postgres.create(SOURCE)
    with psycopg.connect(postgres.url_of(SOURCE), autocommit=True) as server:
        server.execute(schema.encode())
        for statement, values in filling:
            server.execute(statement, values)
    return postgres.url_of(SOURCE)


def crm_api(directory: Path, rows: int) -> str:
    people: LiteralString = """
        INSERT INTO customers (name, email, age, gender, country, address, phone, registered_at)
        SELECT 'Ivan Ivanov ' || n, 'ivan' || n || '@example.ru', 20 + n %% 60, 'Male', 'Russia',
            'Molodezhnaya St., ' || n, '+7921' || 1000000 + n, now() - n * interval '1 minute'
        FROM generate_series(1, %s) AS n
    """
    return _old_database(schemas.CRM_API, (people, [rows]))


def the_crm_service(directory: Path, rows: int) -> str:
    user = "6f0c2a3e-1111-4c4e-8d5a-000000000001"
    customers: LiteralString = """
        INSERT INTO customer SELECT 'C-' || n, 'Ana', 'Ruiz ' || n, NULL,
            now() - n * interval '1 minute', now(), NULL, %s, %s
        FROM generate_series(1, %s) AS n
    """
    return _old_database(
        schemas.THE_CRM_SERVICE,
        ("""INSERT INTO "user" VALUES (%s, 'root', '-', now(), NULL, NULL, true)""", [user]),
        (customers, [user, user, rows - 1]),
    )


def mini_crm(directory: Path, rows: int) -> str:
    """Four in ten are clients, three leads, three entries of the log."""
    users: LiteralString = """
        INSERT INTO users (username, hashed_password, role)
        SELECT 'user' || n, '-', 'SALES' FROM generate_series(1, 20) AS n
    """
    clients: LiteralString = """
        INSERT INTO clients (client_type, contact_name, phone, email, created_at)
        SELECT 'NATURAL', 'Juan ' || n, '+58412' || 1000000 + n, n || '@example.com',
            now() - n * interval '1 minute'
        FROM generate_series(1, %s) AS n
    """
    leads: LiteralString = """
        INSERT INTO leads (client_id, channel, status, created_by_id, assigned_to_id, created_at)
        SELECT 1 + n %% 1000, 'WEB', 'QUOTED', 1, 1 + n %% 20, now() - n * interval '1 minute'
        FROM generate_series(1, %s) AS n
    """
    log: LiteralString = """
        INSERT INTO audit_logs (
            table_name, record_id, action, new_values, changed_by_id, created_at
        )
        SELECT 'leads', n, 'create', json_build_object('id', n, 'status', 'new', 'channel', 'web'),
            1, now() - n * interval '1 minute'
        FROM generate_series(1, %s) AS n
    """
    three = [rows * 3 // 10]
    return _old_database(
        schemas.MINI_CRM,
        (users, []),
        (clients, [rows * 4 // 10]),
        (leads, three),
        (log, three),
    )


def crm_microservice(directory: Path, rows: int) -> str:
    """Four in ten are leads, four actions, two processes."""
    path = directory / "crm.db"
    leads, processes = rows * 4 // 10, rows * 2 // 10
    with sqlite3.connect(path) as file:
        file.executescript(schemas.MICROSERVICE)
        file.executemany(
            "INSERT INTO leads VALUES (?, ?, ?, 'new', 'http://example.com/')",
            ((n, f"Lead {n}", f"lead{n}@example.com") for n in range(1, leads + 1)),
        )
        file.executemany(
            "INSERT INTO actions VALUES (?, ?, 'email', 'Said hello', '2024-03-13 10:00:00')",
            ((n, n) for n in range(1, leads + 1)),
        )
        file.executemany(
            "INSERT INTO processes VALUES (?, 'Next', ?, 'email', ?, '2024-03-20 10:00:00', 'new')",
            ((n, n, n) for n in range(1, processes + 1)),
        )
    file.close()
    return str(path)


def console_crm(directory: Path, rows: int) -> str:
    """Half are customers, half their invoices."""
    export = directory / "export"
    export.mkdir(exist_ok=True)
    for name, one in (("usuarios", _usuario), ("facturas", _factura)):
        with (export / f"{name}.json").open("w") as file:
            file.writelines(_lines(one, rows // 2))
    return str(export)


def _lines(one: Callable[[int], dict[str, object]], rows: int) -> Iterator[str]:
    return (json.dumps(one(number)) + "\n" for number in range(1, rows + 1))


def _usuario(number: int) -> dict[str, object]:
    return {
        "_id": {"$oid": f"{number:024}"},
        "id": f"USR{number:03}",
        "nombre": "Lucía",
        "apellidos": f"Martínez {number}",
        "email": f"lucia{number}@example.com",
        "telefono": f"+34600{number:06}",
        "direccion": "Calle Mayor 5",
        "fecha_registro": {"$date": "2024-02-01T10:00:00Z"},
    }


def _factura(number: int) -> dict[str, object]:
    state = ("Pendiente", "Pagada", "Pagada", "Cancelada")[number % 4]
    return {
        "_id": {"$oid": f"{number:024}"},
        "numero": f"FAC{number:03}",
        "monto": 99.5,
        "email_cliente": f"lucia{number}@example.com",
        "descripcion": "Diseño",
        "estado": state,
        "fecha_emision": {"$date": {"$numberLong": str(1707000000000 + number * 600_000)}},
    }


SERVICES: dict[str, Callable[[Path, int], str]] = {
    "crm-api": crm_api,
    "the-crm-service": the_crm_service,
    "mini-crm": mini_crm,
    "crm-microservice": crm_microservice,
    "console-crm": console_crm,
}

if __name__ == "__main__":
    main()
