"""Notes what an auditor asks about and no record's history tells."""

from typing import Any

from crm.base.context import current
from crm.base.models import SecurityEvent


def note(kind: str, *, actor_name: str = "", user_id: int | None = None, **details: Any) -> None:
    """Store the event ``kind`` of the request under way; call it outside what may roll back."""
    context = current()
    user = context.actor if context.actor and context.actor.actor_role != "api_key" else None
    SecurityEvent.objects.create(
        kind=kind,
        actor_name=(actor_name or context.actor_name)[:150],
        user_id=user_id or (user.pk if user else None),
        address=context.address,
        source=context.source,
        request_id=context.request_id,
        details=details,
    )
