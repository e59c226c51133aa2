"""A lead becomes a customer: once, whoever else tries at the same moment."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base.api.permissions import permission
from crm.base.context import current
from crm.base.errors import Conflict
from customers.models import Customer
from leads.choices import Status
from leads.lead import Lead
from leads.rights import CONVERT, demand

LONGEST_NAME = 150


def convert(lead: Lead, customer: Customer | None = None, *, anew: bool = False) -> Customer:
    """Close ``lead`` as won and return its customer.

    That is the one named, the live one with the lead's email or phone, or a new one. Naming an
    archived customer restores it, for those who may. Raises ``Conflict``: ``converted`` when that
    was done before, ``ambiguous`` when email and phone are of two customers, ``archived_match``
    when an archived one has them, unless a customer is wanted ``anew``; both list ``customers``.
    """
    demand(CONVERT)
    with transaction.atomic():
        _lock(lead)
        chosen = _chosen(lead, customer) or _match(lead, anew) or _make(lead)
        lead.customer = chosen
        lead.status = Status.CLOSED
        lead.save()
    return chosen


def _lock(lead: Lead) -> None:
    """Wait for whoever converts the lead at this moment, and see what they did."""
    leads = Lead.objects.select_for_update(of=("self",), no_key=True)
    lead.refresh_from_db(from_queryset=leads)
    lead.guard_live()
    if lead.status == Status.CLOSED:
        raise Conflict(_("This lead is converted already."), code="converted")


def _chosen(lead: Lead, customer: Customer | None) -> Customer | None:
    if lead.customer_id is None:
        return customer if customer is None else _restored(customer)
    if customer is not None and customer.pk != lead.customer_id:
        raise Conflict(_("This lead has another customer."), code="other_customer")
    own: Customer = Customer.objects.select_for_update(no_key=True).get(pk=lead.customer_id)
    return _restored(own)


def _restored(customer: Customer) -> Customer:
    if customer.archived_at:
        demand(permission(Customer, "restore"))
        customer.restore()
    return customer


def _match(lead: Lead, anew: bool) -> Customer | None:
    """Return the live customer who is the lead; None when there is nobody like them."""
    matches = list(like(lead).live().select_for_update(no_key=True).order_by("pk"))
    if len(matches) > 1:
        message = _("The email and the phone belong to two customers. Name the one it is.")
        raise _undecided(message, "ambiguous", matches)
    if matches or anew:
        return matches[0] if matches else None
    # Only those: a live one may have been made since we looked.
    archived = list(like(lead).filter(archived_at__isnull=False).order_by("-archived_at")[:5])
    if archived:
        message = _("A customer with this email or phone is archived. Name it to restore it.")
        raise _undecided(message, "archived_match", archived)
    return None


def like(lead: Lead) -> Any:
    """Return the customers with the lead's email or phone, archived ones included."""
    same = Q(email=lead.email, email__isnull=False) | Q(phone=lead.phone, phone__isnull=False)
    return Customer.objects.filter(same)


def _undecided(message: Any, code: str, customers: Sequence[Customer]) -> Conflict:
    actor = current().actor
    seen = {customer.pk for customer in customers}
    if actor is not None:
        seen = set(
            Customer.objects.filter(pk__in=seen).visible_to(actor).values_list("pk", flat=True)
        )
    rows = [summary(customer) for customer in customers if customer.pk in seen]
    return Conflict(message, code=code, extra={"customers": rows})


def summary(customer: Customer) -> dict[str, Any]:
    """Return what tells a person which customer it is."""
    return {
        "id": customer.pk,
        "name": str(customer),
        "email": customer.email,
        "phone": customer.phone,
        "is_archived": customer.archived_at is not None,
    }


def _make(lead: Lead) -> Customer:
    """Return a new customer; another lead may become the same one at this moment."""
    name = lead.name or lead.email or lead.phone or lead.instagram
    values = {"email": lead.email, "phone": lead.phone, "instagram": lead.instagram}
    try:
        with transaction.atomic():
            made: Customer = Customer.objects.create(name=name[:LONGEST_NAME], **values)
    except IntegrityError:
        found = _match(lead, anew=True)
        if found is None:
            raise
        return found
    return made
