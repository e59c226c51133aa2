"""001, Mini CRM: users, clients and leads, and the log of what was changed in them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from crm.compat.importing.audit_logs import AuditLogs, remark
from crm.compat.importing.customers import Customers
from crm.compat.importing.fitting import word
from crm.compat.importing.leads import Leads
from crm.compat.importing.postgresql import PostgresSource
from crm.compat.importing.rows import Refused, Row
from crm.compat.importing.table import Importer, Table
from crm.compat.importing.users import Users
from crm.compat.service import Service
from customers.models import ClientType, Customer
from leads.models import Lead

SERVICE = Service(slug="mini-crm", title="Mini CRM")
ROLES = {role: role for role in Role.values}
TYPES = {kind: kind for kind in ClientType.values}
HASHES = ("hashed_password", "password_hash", "password")


class People(Users):
    name = "users"
    needed = ("id", "username", "role")

    def values(self, row: Row) -> dict[str, Any]:
        hashes = (row.values[name] for name in HASHES if row.values.get(name))
        return {
            "username": row.values["username"],
            "email": row.values.get("email"),
            "role": word(row, "role", row.values["role"], ROLES, Role.SALES),
            "is_active": row.values.get("is_active", True) is not False,
            "password": next(hashes, ""),
        }

    def make(self, row: Row) -> User:
        record: User = self.date(row, super().make(row), "created_at", "updated_at")
        return record


class Logged(Table):
    """A table whose changes the service kept a log of."""

    def look_up(self, rows: Sequence[Row]) -> None:
        self.logs = AuditLogs(self.run, self.name, rows)


class Clients(Logged, Customers):
    name = "clients"
    kind = "client"
    needed = ("id", "client_type", "contact_name")

    def values(self, row: Row) -> dict[str, Any]:
        names = ("company_name", "phone", "email", "instagram", "address", "country")
        kind = word(row, "client_type", row.values["client_type"], TYPES, ClientType.NATURAL)
        given = {name: row.values.get(name) for name in names}
        return {"client_type": kind, "name": row.values["contact_name"], **given}

    def make(self, row: Row) -> Customer:
        record: Customer = self.date(row, super().make(row), "created_at", "updated_at")
        record.registered_at = record.created_at
        self.logs.tell(row, record)
        return record


class Chances(Logged, Leads):
    needed = ("id", "client_id", "channel", "status")

    def look_up(self, rows: Sequence[Row]) -> None:
        super().look_up(rows)
        self._clients = self.run.records("clients", (row.values["client_id"] for row in rows))
        people = (
            row.values.get(name) for row in rows for name in ("assigned_to_id", "created_by_id")
        )
        self._users = self.run.records("users", people)

    def values(self, row: Row) -> dict[str, Any]:
        client = self._clients.get(str(row.values["client_id"]))
        if client is None:
            message = _("Its client is not there.")
            raise Refused("client_missing", message, "client_id", row.values["client_id"])
        return {
            "customer": client,
            "channel": row.values["channel"],
            "status": row.values["status"],
            "admin_notes": row.values.get("admin_notes"),
            "sales_notes": row.values.get("sales_notes"),
            "assigned_to": self._user(row, "assigned_to_id"),
            "created_by": self._user(row, "created_by_id"),
        }

    def _user(self, row: Row, column: str) -> int | None:
        theirs = row.values.get(column)
        user = self._users.get(str(theirs))
        if theirs is not None and user is None:
            row.note("user_missing", _("There is no such user."), column, theirs)
        return user

    def make(self, row: Row) -> Lead:
        record = self.dated(row, super().make(row))
        self.logs.tell(row, record)
        return record

    def remarks(self) -> list[str]:
        return remark(self.run, self.run.log_entries)


IMPORTER = Importer(SERVICE, PostgresSource, (People, Clients, Chances))
