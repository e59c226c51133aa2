"""004, CRM Microservice: leads, what was done about them, and what happens next."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.compat.importing.acquaintances import Acquaintances
from crm.compat.importing.crm_microservice_steps import Steps
from crm.compat.importing.customers import customer
from crm.compat.importing.fitting import fit
from crm.compat.importing.leads import Leads
from crm.compat.importing.rows import TAKEN, Refused, Row
from crm.compat.importing.sqlite import SqliteSource
from crm.compat.importing.table import Importer, Table
from crm.compat.service import Service
from customers.models import Customer
from leads.models import Action, Lead, Status

SERVICE = Service(slug="crm-microservice", title="CRM Microservice")
TIMES = ("timestamp", "created_at")


class Prospects(Leads):
    needed = ("id", "email", "name", "status")

    def values(self, row: Row) -> dict[str, Any]:
        return {
            "name": row.values["name"],
            "email": row.values["email"],
            "status": row.values["status"],
            "source_url": row.values.get("url"),
        }

    def make(self, row: Row) -> Lead:
        return self.dated(row, super().make(row))

    def settle(self, rows: Sequence[Row]) -> None:
        """Make customers of those who were won: here a lead that is won has one."""
        won = [row for row in rows if row.record.status == Status.CLOSED]
        made = [_as_customer(row) for row in won if row.is_new]
        Acquaintances(made).settle(made)
        new = [row for row in made if row.outcome == TAKEN]
        Customer.objects.audited_bulk_create([row.record for row in new])
        for lead, found in zip((row for row in won if row.is_new), made, strict=True):
            lead.record.customer = found.record
            lead.notes += found.notes
            lead.note("converted", _("It was won: it has a customer now."), other=found.record)

    def follow(self, row: Row, stored: Lead) -> None:
        if row.record.status == Status.CLOSED and stored.customer_id is None:
            row.note("not_followed", _("It was won there: convert it here."), "status")
            row.record.status = stored.status
        super().follow(row, stored)


def _as_customer(row: Row) -> Row:
    lead = row.record
    made = Row(row.key, {})
    made.record = customer(made, {"name": lead.name, "email": lead.email})
    made.record.created_at = made.record.registered_at = lead.updated_at
    return made


class Deeds(Table):
    model = Action
    name = "actions"
    kind = "action"
    needed = ("id", "lead_id", "action_type", "details")

    def look_up(self, rows: Sequence[Row]) -> None:
        self._leads = self.run.records("leads", (row.values["lead_id"] for row in rows))

    def make(self, row: Row) -> Action:
        lead = self._leads.get(str(row.values["lead_id"]))
        if lead is None:
            message = _("Its lead is not there.")
            raise Refused("lead_missing", message, "lead_id", row.values["lead_id"])
        kind = row.values["action_type"]
        if not str(kind or "").strip():
            row.note("untyped", _("Without a type: taken as a note."), "action_type")
            kind = "note"
        values = {"lead": lead, "action_type": kind, "details": row.values["details"]}
        record: Action = fit(row, Action, values)
        column = next((name for name in TIMES if row.values.get(name)), TIMES[0])
        self.date(row, record, column)
        record.occurred_at = record.created_at
        row.fields = (*row.fields, "occurred_at")
        return record

    def follow(self, row: Row, stored: Any) -> None:
        """An action stays with its lead, whatever became of the row."""
        row.fields = tuple(name for name in row.fields if name != "lead")
        super().follow(row, stored)


IMPORTER = Importer(SERVICE, SqliteSource, (Prospects, Deeds, Steps))
