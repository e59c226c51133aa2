"""Who is told of what happens to leads, in the transaction in which it happens.

The words are found at delivery, in ``leads.notices``.
"""

from collections.abc import Sequence
from typing import Any

from accounts.models import User
from crm.base.context import current
from crm.base.outbox.notices import notify, notify_each
from crm.base.trail.history import actor_id
from leads.rights import OVERSEE

CREATED = "lead_created"
ASSIGNED = "lead_assigned"
MOVED = "lead_status_changed"
MOST_NAMED = 20


def tell_of_new(lead: Any) -> None:
    """Tell those who oversee of a new lead, unless they entered it themselves."""
    if not _is_import():
        others = User.objects.permitted(OVERSEE).exclude(pk=actor_id())
        notify_each(others, CREATED, {"lead": lead.pk})


def tell_assigned(user: Any, leads: Sequence[int]) -> None:
    """Tell ``user`` once that all of ``leads``, given by their keys, are theirs now."""
    if user is None or user.pk == actor_id() or not leads or _is_import():
        return
    notify(user, ASSIGNED, {"leads": [*leads[:MOST_NAMED]], "count": len(leads)})


def tell_of_move(lead: Any, old: str) -> None:
    """Tell its owner that somebody else gave ``lead`` another status than ``old``."""
    if lead.assigned_to_id in (None, actor_id()) or _is_import():
        return
    context = current()
    by = context.actor_name if context.actor else ""
    move = {"old": old, "new": lead.status, "by": by, "reason": context.reason}
    notify(lead.assigned_to, MOVED, {"lead": lead.pk, **move})


def _is_import() -> bool:
    """Tell whether leads come by the thousand: then whoever brings them tells people."""
    return current().source == "import"
