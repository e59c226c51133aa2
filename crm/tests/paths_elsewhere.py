"""The write paths without a request: the console, commands, background jobs, the floor itself."""

import io
import json
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.utils import timezone

from accounts.tests.make import PASSWORD
from crm.base.context import acting
from crm.base.outbox import jobs
from crm.compat.importing.tests.test_console_crm import factura, usuario
from crm.console.tests.talk import piped
from crm.tests.write_paths import Perform, World, add, hand_over, path
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.tests.make import make_company
from leads.tests.make import make_process

ANA = ("Ana", "López", "ana@example.org", "0412-345 67 89", "Calle Mayor 5")
NOTHING_STORED = "it only shows, or keeps house: no record is changed"
NOTICES = "it writes notices, or keeps house: no record is changed"
LOOKING = {"2": "ana", "4": "", "5": "ana@example.org", "6": "n"}


def talk(*answers: str) -> Any:
    def prepare(world: World) -> Perform:
        make_company()
        folder = Path(mkdtemp())
        if answers[0] != "1":
            make_customer(name="Ana", email="ana@example.org")
        return lambda: piped(world.alice, *answers, "7", folder=folder).text

    return prepare


add("console 1", talk("1", *ANA), source="console")
add("console 3", talk("3", "ana@example.org", "Web design", "100", "2"), source="console")
for number, answer in LOOKING.items():
    add(f"console {number}", talk(number, answer), source="console", quiet=NOTHING_STORED)


def command(name: str, *arguments: str, typed: str = "", **options: Any) -> Any:
    def run() -> str:
        with patch.object(sys, "stdin", io.StringIO(typed)):
            call_command(name, *arguments, stdout=(out := io.StringIO()), **options)
        return out.getvalue()

    return lambda world: run


def of_command(name: str, prepare: Any, **told: Any) -> None:
    add(f"manage.py {name}", prepare, source="command", actor="system", **told)


SMALL: dict[str, Any] = {"customers": 8, "leads": 8, "invoices": 6, "force": True}
of_command("seed", command("seed", **SMALL))
of_command("create_api_key", command("create_api_key", "web shop"))
of_command(
    "create_user",
    command("create_user", "eva", "--role", "sales", "--password-stdin", typed=PASSWORD),
)
for name in ("check_invoices", "collect_unused_photos", "housekeeping"):
    of_command(name, command(name), quiet=NOTHING_STORED)


@path("manage.py import_legacy", source="import", actor="system", reason="CRM Console")
def _(world: World) -> Perform:
    make_company()
    source = Path(mkdtemp())
    (source / "usuarios.json").write_text(json.dumps(usuario(1)))
    (source / "facturas.json").write_text(json.dumps(factura(1, estado="Pagada")))
    options: dict[str, Any] = {"apply": True, "report": source / "report.csv"}
    perform: Perform = command("import_legacy", "console-crm", str(source), **options)(world)
    return perform


def of_job(name: str, world: World) -> Perform:
    """Take the job's turns of a morning; the worker itself would only log what they raise."""
    hand_over(world)
    make_process(next_followup_at=timezone.now() - timedelta(hours=1))
    morning = timezone.now().replace(hour=9)

    def perform() -> None:
        with acting(source="worker"):
            for turn in jobs._jobs[name].due(morning):
                turn.run()

    return perform


for name in jobs._jobs:
    add(f"job {name}", partial(of_job, name), source="worker", quiet=NOTICES)


of_command("audit", command("audit", "seal"), quiet=NOTHING_STORED)


@path("manage.py export", source="command", actor="system", quiet=NOTHING_STORED)
def _(world: World) -> Perform:
    file = Path(mkdtemp()) / "customers.csv"
    perform: Perform = command("export", "customers", f"--output={file}")(world)
    return perform


@path("createsuperuser", source="command", actor="system")
def _(world: World) -> Perform:
    given = {"username": "root", "email": "root@example.org", "interactive": False}
    return lambda: call_command("createsuperuser", **given, stdout=io.StringIO())


def in_the_floor(work: Any) -> Any:
    """Do ``work`` with customers in Lima, Lima and Cusco, as an import of alice's would."""

    def prepare(world: World) -> Perform:
        cities = [make_customer(city=city) for city in ("Lima", "Lima", "Cusco")]

        def perform() -> None:
            reason = "they moved"
            with acting(actor=world.alice, source="import", reason=reason, request_id="import-1"):
                work(cities)

        return perform

    return prepare


def later(customer: Customer, **values: Any) -> Customer:
    """Return the next version of ``customer``, unsaved."""
    version = Customer.objects.get(pk=customer.pk)
    for name, value in {"updated_at": timezone.now(), **values}.items():
        setattr(version, name, value)
    return version


def past(name: str) -> list[Customer]:
    """Return the two versions of a customer who is not stored yet."""
    versions = [Customer(name=name), Customer(name=name, city="Lima")]
    versions[1].uuid = versions[0].uuid
    return versions


FLOOR = {
    "save": lambda found: later(found[0], city="Cusco").save(),
    "create": lambda found: Customer.objects.create(name="Eva"),
    "get_or_create": lambda found: Customer.objects.get_or_create(name="Eva"),
    "update_or_create": lambda found: Customer.objects.update_or_create(
        pk=found[0].pk, defaults={"city": "Cusco"}
    ),
    "delete": lambda found: found[0].delete(),
    "delete of many": lambda found: Customer.objects.filter(city="Lima").delete(),
    "audited_update": lambda found: Customer.objects.all().audited_update(city="Lima"),
    "audited_bulk_create": lambda found: Customer.objects.audited_bulk_create(
        [Customer(name="Eva"), Customer(name="Iva")]
    ),
    "audited_replay": lambda found: Customer.objects.audited_replay([past("Eva"), past("Iva")]),
    "audited_bulk_change": lambda found: Customer.objects.audited_bulk_change(
        [[later(found[0], city="Cusco"), later(found[0], city="Quito")]]
    ),
}
for name, work in FLOOR.items():
    add(f"floor {name}", in_the_floor(work), source="import", reason="they moved")
