"""002, The CRM Service: customers with ids of the caller's choice, and users with a UUID."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from crm.compat.importing.customers import Customers
from crm.compat.importing.postgresql import PostgresSource
from crm.compat.importing.rows import Refused, Row
from crm.compat.importing.table import Importer
from crm.compat.importing.users import Users
from crm.compat.service import Service
from customers.models import Customer

SERVICE = Service(slug="the-crm-service", title="The CRM Service")
LONGEST_ID = 100


class People(Users):
    name = "user"
    kind = ""  # their uuid is what clients hold, and ours
    needed = ("id", "username", "password", "is_admin")

    def values(self, row: Row) -> dict[str, Any]:
        is_active = row.values.get("dt_deleted") is None
        return {
            "username": row.values["username"],
            "password": row.values["password"],
            "role": Role.ADMIN if row.values["is_admin"] else Role.SALES,
            "uuid": row.values["id"],
            "is_active": is_active,
            "archived_at": None if is_active else self.time(row, "dt_deleted"),
        }

    def make(self, row: Row) -> User:
        record: User = self.date(row, super().make(row), "dt_created", "dt_updated")
        return record

    def settle(self, rows: Sequence[Row]) -> None:
        super().settle(rows)
        _refuse_taken(rows, "uuid")


class Chosen(Customers):
    name = "customer"
    needed = ("id", "name", "surname", "created_by_id")

    def look_up(self, rows: Sequence[Row]) -> None:
        columns = ("created_by_id", "updated_by_id")
        self._users = self.run.records(
            "user", {row.values.get(name) for row in rows for name in columns}
        )

    def values(self, row: Row) -> dict[str, Any]:
        if len(str(row.values["id"])) > LONGEST_ID:
            message = _("Its id is longer than %(most)d characters.") % {"most": LONGEST_ID}
            raise Refused("id_too_long", message, "id", row.values["id"])
        return {
            "external_id": row.values["id"],
            "name": row.values["name"],
            "surname": row.values["surname"],
            "photo_url": row.values.get("photo_url"),
            "archived_at": self.time(row, "dt_deleted"),
        }

    def make(self, row: Row) -> Customer:
        record: Customer = self.date(row, super().make(row), "dt_created", "dt_updated")
        record.registered_at = record.created_at
        record.created_by_id = self._users.get(str(row.values["created_by_id"]))
        record.modified_by_id = self._users.get(str(row.values.get("updated_by_id")))
        return record

    def settle(self, rows: Sequence[Row]) -> None:
        """An ``external_id`` is the customer's alone, and says nothing of who it is."""
        _refuse_taken(rows, "external_id")


def _refuse_taken(rows: Sequence[Row], field: str) -> None:
    """Refuse rows whose id a record has that came from elsewhere."""
    new = [row for row in rows if row.is_new]
    values = [getattr(row.record, field) for row in new]
    model: Any = type(new[0].record) if new else Customer
    taken = dict(model.objects.filter(**{f"{field}__in": values}).values_list(field, "pk"))
    for row in new:
        value = getattr(row.record, field)
        if value in taken:
            message = _("Record %(other)s has this id already.") % {"other": taken[value]}
            row.refuse(Refused("id_taken", message, field, value))


IMPORTER = Importer(SERVICE, PostgresSource, (People, Chosen))
