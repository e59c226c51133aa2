"""003, CRM API: the customers who registered in the web shop."""

from typing import Any

from crm.compat.importing.customers import Customers
from crm.compat.importing.postgresql import PostgresSource
from crm.compat.importing.rows import Row
from crm.compat.importing.table import Importer
from crm.compat.service import Service

SERVICE = Service(slug="crm-api", title="CRM API")


class Registered(Customers):
    name = "customers"
    kind = "customer"
    needed = ("id", "name", "email")

    def values(self, row: Row) -> dict[str, Any]:
        names = ("name", "email", "age", "gender", "country", "address", "phone")
        return {name: row.values.get(name) for name in names}

    def make(self, row: Row) -> Any:
        record = self.date(row, super().make(row), "registered_at")
        record.registered_at = record.created_at
        return record


IMPORTER = Importer(SERVICE, PostgresSource, (Registered,))
