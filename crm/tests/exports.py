"""The ways to take a list away as a file, each by who asks, and what is in such a file."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from crm.base.tables import CSV, XLSX
from crm.tests.clients import signed_in
from customers.models import Customer
from invoices.models import Invoice
from leads.models import Lead

Rows = list[list[Any]]
MODELS: dict[str, Any] = {"customers": Customer, "leads": Lead, "invoices": Invoice}


def page(name: str, which: str) -> str:
    opts = MODELS[name]._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{which}")


def browser(actor: User) -> Client:
    client = Client()
    client.force_login(actor)
    return client


def by_format(actor: User, name: str, form: str, search: str = "") -> bytes:
    query = {"format": form, **({"search": search} if search else {})}
    return b"".join(signed_in(actor).get(f"/api/v1/{name}", query))


def by_accept(actor: User, name: str, form: str, search: str = "") -> bytes:
    query, kind = {"search": search} if search else {}, {"csv": CSV, "xlsx": XLSX}[form]
    return b"".join(signed_in(actor).get(f"/api/v1/{name}", query, HTTP_ACCEPT=kind))


def by_page(actor: User, name: str, form: str, search: str = "") -> bytes:
    return b"".join(browser(actor).get(page(name, "export"), {"format": form, "q": search}))


def by_ticking(actor: User, name: str, form: str, search: str = "") -> bytes:
    """Tick all that the list shows."""
    client, address = browser(actor), f"{page(name, 'changelist')}?q={search}"
    ticked = [record.pk for record in client.get(address).context["cl"].result_list]
    chosen = {"action": f"export_{form}", "_selected_action": ticked}
    return b"".join(client.post(address, chosen))


def by_command(actor: User, name: str, form: str, search: str = "") -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{form}"
        more = [f"--filter=search={search}"] if search else []
        call_command("export", name, f"--output={path}", f"--visible-to={actor}", *more)
        return path.read_bytes()


CALLERS: dict[str, Callable[..., bytes]] = {
    "?format=": by_format,
    "Accept": by_accept,
    "the list's page": by_page,
    "ticked rows": by_ticking,
    "the command": by_command,
}


def rows_of(content: bytes) -> Rows:
    """Return the rows of a CSV file or a workbook, its head first."""
    if not content.startswith(b"PK"):
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def records_of(content: bytes) -> list[dict[str, Any]]:
    head, *rows = rows_of(content)
    return [dict(zip(head, row, strict=True)) for row in rows]
