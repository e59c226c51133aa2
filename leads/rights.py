"""Who may see which leads, and who may do what to them: asked by models and rules alike."""

from typing import Any

from crm.base.context import current
from crm.base.errors import Forbidden

OVERSEE = "leads.oversee_lead"
ASSIGN = "leads.assign_lead"
CONVERT = "leads.convert_lead"
VIEW = "leads.view_lead"


def demand(permission: str) -> None:
    """Raise ``Forbidden`` unless whoever acts has ``permission``; the system itself has all."""
    actor = current().actor
    if actor is not None and not actor.has_perm(permission):
        raise Forbidden


def visible(records: Any, actor: Any, owner: str, permission: str = VIEW) -> Any:
    """Keep what ``actor`` may see: everything for who oversees, for others what they own.

    ``owner`` is the column that names the salesperson.
    """
    if not actor.has_perm(permission):
        return records.none()
    if actor.has_perm(OVERSEE):
        return records
    # A key is no person: its number may be somebody's.
    is_person = actor.actor_role != "api_key"
    return records.filter(**{owner: actor.pk}) if is_person else records.none()
