"""Who might be the same prospect: shown when a lead is entered, and never forbidden."""

from typing import Any, NamedTuple

from django.db.models import Q

from customers.models import Customer
from leads.lead import Lead

MOST = 10


class Duplicates(NamedTuple):
    """The live records with the same email or phone, newest first; at most ``MOST`` of each."""

    leads: list[Lead]
    customers: list[Customer]


def duplicates(lead: Lead, actor: Any) -> Duplicates:
    """Return who has the email or phone of ``lead``, of those whom ``actor`` may see."""
    same = Q()
    for name in ("email", "phone"):
        if value := getattr(lead, name):
            same |= Q(**{name: value})
    if not same:
        return Duplicates([], [])
    leads = Lead.objects.live().visible_to(actor).filter(same).exclude(pk=lead.pk)
    customers = Customer.objects.live().visible_to(actor).filter(same)
    customers = customers.exclude(pk=lead.customer_id) if lead.customer_id else customers
    return Duplicates(list(leads.order_by("-pk")[:MOST]), list(customers.order_by("-pk")[:MOST]))
