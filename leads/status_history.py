"""How long a lead was in each status, read from its history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from leads.lead import Lead


@dataclass(frozen=True)
class Stay:
    """A time in one status; ``until`` is None for the present one, which has lasted so far.

    ``user`` is ``{id, name, role}`` of whoever moved the lead there, for the ``reason`` given.
    """

    status: str
    since: datetime
    until: datetime | None
    lasted: timedelta
    user: dict[str, Any]
    source: str
    reason: str


def statuses(lead: Lead) -> list[Stay]:
    """Return the statuses ``lead`` went through, oldest first; one statement."""
    history: Any = lead.history
    moves: list[Any] = []
    for row in history.order_by("history_id"):
        if not moves or moves[-1].status != row.status:
            moves.append(row)
    ends = [row.history_date for row in moves[1:]]
    return [_stay(row, until) for row, until in zip(moves, [*ends, None], strict=True)]


def _stay(row: Any, until: datetime | None) -> Stay:
    return Stay(
        status=row.status,
        since=row.history_date,
        until=until,
        lasted=(until or timezone.now()) - row.history_date,
        user={"id": row.history_user_id, "name": row.actor_name, "role": row.actor_role},
        source=row.source,
        reason=row.history_change_reason or "",
    )
