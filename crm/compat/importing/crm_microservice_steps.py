"""004's processes: what happens next."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.compat.importing.fitting import fit, moment, word
from crm.compat.importing.leads import OPEN
from crm.compat.importing.rows import Row
from crm.compat.importing.table import Table
from leads.choices import FOLLOW_UP_AFTER
from leads.models import Action, Lead, Process, ProcessStatus

STATUSES = {status: status for status in ProcessStatus.values}
NEAR = {
    **dict.fromkeys(("new", "open", "in_progress", "running", "started"), ProcessStatus.ACTIVE),
    **dict.fromkeys(("paused", "waiting", "on_hold", "inactive"), ProcessStatus.PENDING),
    **dict.fromkeys(("done", "closed", "finished", "cancelled"), ProcessStatus.COMPLETED),
}


class Steps(Table):
    model = Process
    name = "processes"
    kind = "process"
    needed = ("id", "name", "status")

    def look_up(self, rows: Sequence[Row]) -> None:
        leads = self.run.records("leads", (row.values.get("lead_id") for row in rows))
        self._leads = leads
        self._stored = Lead.objects.in_bulk(leads.values())
        last = self.run.records("actions", (row.values.get("last_action_id") for row in rows))
        self._actions = last
        self._lead_of = dict(
            Action.objects.filter(pk__in=last.values()).values_list("pk", "lead_id")
        )

    def make(self, row: Row) -> Process:
        lead = self._lead(row)
        status = word(row, "status", row.values["status"], STATUSES, "active", NEAR)
        if status != ProcessStatus.COMPLETED and lead and lead.status not in OPEN:
            message = _("Its lead is won or discarded: there is nothing more to do.")
            row.note("completed", message, "status", status)
            status = ProcessStatus.COMPLETED
        values = {
            "lead": lead.pk if lead else None,
            "name": row.values["name"] or (str(lead) if lead else _("Follow up")),
            "channel": row.values.get("channel"),
            "last_action": self._last_action(row, lead),
            "status": status,
        }
        record: Process = fit(row, Process, values)
        record.owner_id = lead.assigned_to_id if lead else None
        self.date(row, record, "created_at")
        record.next_followup_at = self._next_followup(row, record)
        row.fields = (*row.fields, "next_followup_at")
        return record

    def _lead(self, row: Row) -> Lead | None:
        theirs = row.values.get("lead_id")
        lead = self._stored.get(self._leads.get(str(theirs), 0))
        if theirs is not None and lead is None:
            message = _("Its lead is not there: it belongs to none now.")
            row.note("lead_missing", message, "lead_id", theirs)
        return lead

    def _last_action(self, row: Row, lead: Lead | None) -> int | None:
        theirs = row.values.get("last_action_id")
        action = self._actions.get(str(theirs))
        if theirs is None or (action and lead and self._lead_of[action] == lead.pk):
            return action
        row.note("action_missing", _("This is no action of its lead."), "last_action_id", theirs)
        return None

    def _next_followup(self, row: Row, record: Process) -> Any:
        column = "next_followup_datetime"
        at = moment(row, column, row.values.get(column), self.run.zone)
        if at is None and record.status == ProcessStatus.ACTIVE:
            row.note("follow_up_set", _("An active one has a date: a week after it began."), column)
            at = record.created_at + FOLLOW_UP_AFTER
        return at

    def follow(self, row: Row, stored: Any) -> None:
        row.fields = tuple(name for name in row.fields if name != "lead")
        super().follow(row, stored)
