"""Notes what an auditor asks about and no record's history tells."""

from typing import Any

from crm.base.context import current
from crm.base.history import actor_id
from crm.base.models import SecurityEvent


def note(kind: str, *, actor_name: str = "", user_id: int | None = None, **details: Any) -> None:
    """Store the event ``kind`` of the request under way; call it outside what may roll back."""
    context = current()
    SecurityEvent.objects.create(
        kind=kind,
        actor_name=(actor_name or context.actor_name)[:150],
        user_id=user_id or actor_id(),
        address=context.address,
        source=context.source,
        request_id=context.request_id,
        details=details,
    )
