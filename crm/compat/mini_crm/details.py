"""Who is behind a lead, as objects; what is not known has a stand-in."""

from typing import Any

from crm.base.trail.history import history_model
from crm.compat.ids import Ours
from crm.compat.mini_crm.client_fields import ClientFields
from crm.compat.mini_crm.people import people
from customers.models import ClientType, Customer
from leads.models import Lead


def with_people(lead: Lead, actor: Any) -> dict[str, Any]:
    """Return the lead's client, creator and assignee, as far as ``actor`` may see them."""
    creator = (lead.created_by_id, _creator(lead))
    owner = (lead.assigned_to_id, lead.assigned_to.username) if lead.assigned_to else None
    known = people(actor, [creator, *([owner] if owner else [])])
    return {
        "client": _client(lead, actor),
        "created_by": known[creator],
        "assigned_to": known[owner] if owner else None,
    }


def _creator(lead: Lead) -> str:
    """Return who entered the lead: the history knows the name of a program, too."""
    if lead.created_by:
        return lead.created_by.username
    entered = history_model(Lead).objects.filter(id=lead.pk).order_by("history_id")
    return entered.values_list("actor_name", flat=True).first() or "system"


def _client(lead: Lead, actor: Any) -> dict[str, Any]:
    seen = Customer.objects.visible_to(actor).filter(leads=lead)
    return next(ClientFields().rows(seen.order_by()), None) or {
        **dict.fromkeys(ClientFields.Meta.fields),
        "id": Ours("client", lead.customer_id) if lead.customer_id else None,
        "client_type": ClientType.NATURAL,
        "contact_name": str(lead),
        "phone": lead.phone,
        "email": lead.email,
    }
