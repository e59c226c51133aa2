"""Notes what an auditor asks about and no record's history tells."""

import logging
from typing import Any

from django.db import DatabaseError, connection

from crm.base.context import acts_as_key, current, key_id
from crm.base.limits import Budget, TooMany
from crm.base.technical import SecurityEvent
from crm.base.trail.history import actor_id

logger = logging.getLogger(__name__)
DAY = 86_400
HOUR = 3600
REFUSALS = 20  # of one actor in an hour that are worth a row


def note(kind: str, *, actor_name: str = "", user_id: int | None = None, **details: Any) -> None:
    """Store the event ``kind`` of the request under way; ``KINDS`` knows what it is called.

    What is noted inside a transaction is undone with it: so a change is, and so no refusal may be.
    """
    context = current()
    from_outside = context.actor is None and context.address
    SecurityEvent.objects.create(
        kind=kind,
        actor_name=(actor_name or context.actor_name)[:150],
        actor_role="public" if from_outside else context.actor_role,
        user_id=user_id or actor_id(),
        address=context.address,
        source=context.source,
        request_id=context.request_id,
        details=details,
    )


def note_rarely(kind: str, per: Any, *, most: int = 1, seconds: int = DAY, **event: Any) -> None:
    """Note ``kind`` unless ``most`` were noted of ``per`` in this window of ``seconds``.

    Whoever asks for the same refusal all day long must not fill the database. The window of a day
    begins at midnight UTC.
    """
    try:
        Budget(f"event:{kind}:{per}", most, seconds).take()
    except TooMany:
        return
    note(kind, **event)


def note_refusal(**details: Any) -> None:
    """Note that the actor of the request under way was refused; a broken database is no reason
    to answer anything else.
    """
    actor = current().actor
    if actor is None:
        return
    try:
        per = f"{type(actor).__name__}:{actor.pk}"
        note_rarely("refused", per, most=REFUSALS, seconds=HOUR, **details)
    except DatabaseError:
        if connection.in_atomic_block:
            raise
        logger.warning("security event not noted", extra={"kind": "refused"})


def note_quota(limit: int) -> None:
    """Note that the API key that acts has used up its day; the first time only."""
    if acts_as_key():
        note_rarely("quota_reached", key_id(), limit=limit)
