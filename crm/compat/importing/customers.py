"""Customers of an old service."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.base.phones import readable_phone
from crm.compat.importing.acquaintances import Acquaintances
from crm.compat.importing.fitting import fit
from crm.compat.importing.rows import Refused, Row
from crm.compat.importing.table import Table
from customers.models import ClientType, Customer


class Customers(Table):
    """A table of customers; a service declares the columns and ``values``."""

    model = Customer

    def values(self, row: Row) -> dict[str, Any]:
        """Return our fields of ``row``, in its own words."""
        raise NotImplementedError

    def make(self, row: Row) -> Customer:
        return customer(row, self.values(row))

    def settle(self, rows: Sequence[Row]) -> None:
        changed = [row for row in rows if not row.is_new]
        Acquaintances(rows).settle([row for row in rows if row.is_new])
        Acquaintances(changed).settle(changed)


def customer(row: Row, values: dict[str, Any]) -> Customer:
    """Return an unsaved customer with ``values``; a phone nobody can read is kept as given."""
    given = str(values.pop("phone", None) or "").strip()
    phone = readable_phone(given) if given else None
    if given and not phone:
        row.note("phone_kept_as_given", _("It is no phone number: kept as given."), "phone", given)
    values |= {"phone": phone, "phone_as_given": "" if phone else given}
    _name(row, values)
    record: Customer = fit(row, Customer, values)
    if record.client_type == ClientType.JURIDICAL and not record.company_name:
        row.note(
            "company_named",
            _("A company without its name: its contact's was taken."),
            "company_name",
        )
        record.company_name = record.name
    return record


def _name(row: Row, values: dict[str, Any]) -> None:
    """Name somebody without a name by what else is known."""
    if str(values.get("name") or "").strip():
        return
    for field in ("surname", "company_name", "email", "phone", "phone_as_given"):
        if text := str(values.get(field) or "").strip():
            values["name"] = text
            row.note("named", _("Without a name: named %(name)s.") % {"name": text}, "name")
            return
    raise Refused("nameless", _("It has neither a name nor an email nor a phone."), "name")
