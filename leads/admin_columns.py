"""How leads read in the back office."""

from typing import Any

from django.utils.translation import gettext as _

from crm.base.figures import money
from leads.choices import Channel, ProcessStatus, Status
from leads.models import Lead

COLOURS: dict[str, str] = {
    Status.NEW: "primary",
    Status.CONTACTED: "info",
    Status.QUOTED: "warning",
    Status.CLOSED: "success",
    Status.DISCARDED: "plain",
}
STEP_COLOURS: dict[str, str] = {
    ProcessStatus.ACTIVE: "primary",
    ProcessStatus.PENDING: "warning",
    ProcessStatus.COMPLETED: "plain",
}
CHANNELS = dict(Channel.choices)


def contact(lead: Lead) -> str:
    """Return how to reach somebody, without what their name says already."""
    handle = lead.instagram and f"@{lead.instagram}"
    ways = (lead.phone, lead.email, handle)
    return " · ".join(str(way) for way in ways if way and str(way) != str(lead))


def value(lead: Lead) -> str:
    if lead.expected_value is None:
        return ""
    return money(lead.expected_value, lead.currency)


def person(user: Any) -> str:
    return str(user) if user else _("Nobody")
