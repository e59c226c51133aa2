"""A security event as an entry of the feed."""

from typing import Any

from crm.base.models import SecurityEvent
from crm.base.trail.event_kinds import title

NAME = "securityevent"  # of their table, in the feed


def event_entry(event: SecurityEvent) -> dict[str, Any]:
    """Return ``event`` in the shape of ``crm.base.trail.timeline.entry``."""
    return {
        "id": f"{NAME}-{event.pk}",
        "history_id": event.pk,
        "table": NAME,
        "record_id": None,
        "label": title(event.kind),
        "action": event.kind,
        "old_values": {},
        "new_values": {**event.details, "address": event.address},
        "user": {"id": event.user_id, "name": event.actor_name, "role": event.actor_role},
        "source": event.source,
        "at": event.occurred_at,
        "request_id": event.request_id,
        "reason": "",
    }
