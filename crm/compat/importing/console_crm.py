"""000, the console application and its API: customers ("usuarios") and their invoices."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from crm.base.storing.bulk_inserts import insert_rows
from crm.compat.importing.console_documents import EMAIL, FromMongo, email
from crm.compat.importing.console_invoices import Facturas
from crm.compat.importing.customers import Customers
from crm.compat.importing.mongoexport import MongoSource
from crm.compat.importing.rows import MERGED, TAKEN, Row
from crm.compat.importing.table import Importer
from crm.compat.models import LegacyId
from crm.compat.service import Service
from customers.models import Customer

SERVICE = Service(slug="console-crm", title="CRM Console")


class Usuarios(FromMongo, Customers):
    name = "usuarios"
    shown = "id"
    kind = "customer"

    def values(self, row: Row) -> dict[str, Any]:
        named = row.values.get
        return {
            "name": named("nombre"),
            "surname": named("apellidos"),
            "email": named("email"),
            "phone": named("telefono"),
            "address": named("direccion"),
        }

    def make(self, row: Row) -> Customer:
        column = "fecha_registro" if row.values.get("fecha_registro") else "fecha_creacion"
        record: Customer = self.date(row, super().make(row), column)
        record.registered_at = record.created_at
        return record

    def remember(self, rows: Sequence[Row]) -> None:
        """Keep by which email invoices name these customers, also of those who had to leave it."""
        of = LegacyId.objects.of(self.run.service.slug, EMAIL)
        named: dict[str, int] = {}
        for row in rows:
            if row.is_new and row.outcome in (TAKEN, MERGED):
                named.setdefault(email(row, "email"), row.record.pk)
        taken = set(of.filter(legacy_id__in=named).values_list("legacy_id", flat=True))
        kept = [
            {"service": self.run.service.slug, "kind": EMAIL, "legacy_id": said, "record_id": pk}
            for said, pk in named.items()
            if said and said not in taken
        ]
        insert_rows(LegacyId, kept)


COLLECTIONS = {"facturas": "numero", "usuarios": "nombre"}  # and a field that only they have
IMPORTER = Importer(SERVICE, partial(MongoSource, collections=COLLECTIONS), (Usuarios, Facturas))
