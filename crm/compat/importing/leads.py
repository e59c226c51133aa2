"""Leads of an old service, in the words of ours."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.compat.importing.fitting import fit, word
from crm.compat.importing.rows import Refused, Row
from crm.compat.importing.table import Table
from leads.models import Channel, Lead, Status

STATUSES = {status: status for status in Status.values}
# What people write for one of ours.
NEAR = {
    **dict.fromkeys(("open", "nuevo", "новый", "created", "pending"), Status.NEW),
    **dict.fromkeys(
        ("in_progress", "active", "contactado", "qualified", "working", "nurturing"),
        Status.CONTACTED,
    ),
    **dict.fromkeys(("proposal", "negotiation", "quote", "cotizado", "offer"), Status.QUOTED),
    **dict.fromkeys(
        ("won", "converted", "customer", "closed_won", "cerrado", "success"), Status.CLOSED
    ),
    **dict.fromkeys(
        ("lost", "dead", "rejected", "closed_lost", "disqualified", "descartado", "unqualified"),
        Status.DISCARDED,
    ),
}
CHANNELS = {channel: channel for channel in Channel.values}
OPEN = (Status.NEW, Status.CONTACTED, Status.QUOTED)


class Leads(Table):
    """A table of leads; a service declares the columns and ``values``."""

    model = Lead
    name = "leads"
    kind = "lead"
    # Those who can be given work, once it is known who that is.
    _active: set[int] | None = None

    def values(self, row: Row) -> dict[str, Any]:
        """Return our fields of ``row``, in its own words."""
        raise NotImplementedError

    def make(self, row: Row) -> Lead:
        values = self.values(row)
        values["status"] = word(row, "status", values["status"], STATUSES, Status.NEW, NEAR)
        values["channel"] = word(row, "channel", values.get("channel"), CHANNELS, Channel.MANUAL)
        record: Lead = fit(row, Lead, values)
        if not (record.customer_id or record.email or record.phone or record.instagram):
            raise Refused("unreachable", _("It has neither a customer nor an email."), "email")
        self._leave_whoever_left(row, record)
        return record

    def dated(self, row: Row, record: Lead) -> Lead:
        """Give ``record`` the row's times, the only ones known of its status too."""
        self.date(row, record, "created_at", "updated_at")
        record.status_changed_at = record.touched_at = record.updated_at
        return record

    def _leave_whoever_left(self, row: Row, record: Lead) -> None:
        """Nobody works on an open lead whose owner is not active."""
        if record.assigned_to_id is None or record.status not in OPEN:
            return
        if self._active is None:
            assignable = User.objects.permitted("leads.change_lead")
            self._active = set(assignable.values_list("pk", flat=True))
        if record.assigned_to_id not in self._active:
            message = _("It was assigned to somebody who is not active: nobody's now.")
            row.note("unassigned", message, "assigned_to", record.assigned_to_id)
            record.assigned_to_id = None
