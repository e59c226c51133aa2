"""Customers who register themselves, through the form of a web shop."""

from typing import Any

from django.db import IntegrityError, transaction

from crm.base.context import acting
from crm.base.phones import readable_phone
from crm.base.storing.constraints import conflict_of
from crm.base.trail.security_events import note
from customers.models import Customer

RATE_GROUP = "registration"  # every public form counts against one limit of an address


class Public:
    """Whoever fills in a public form: may register, and see nothing."""

    pk = None
    actor_name = "public registration"
    actor_role = "public"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False


PUBLIC = Public()


def register(values: dict[str, Any]) -> Customer | None:
    """Create a customer from their own words; None when a live one has the email already.

    Their phone is no reason to refuse them (``create_with_any_phone``), and whoever fills in the
    form must not learn whose it is.
    """
    with acting(actor=PUBLIC):
        try:
            return create_with_any_phone(values)
        except IntegrityError as error:
            if "email" not in conflict_of(error).fields:
                raise
        note("registered_again", customer=_holder(values["email"]))
        return None


def create_with_any_phone(values: dict[str, Any]) -> Customer:
    """Create a customer whose phone is kept as given where it cannot be the unique one.

    It may be no phone number at all, or somebody's already: two members of a household share one.
    Raises ``IntegrityError`` when something else is taken.
    """
    text = values.get("phone") or ""
    phone = readable_phone(text)
    try:
        return _create({**values, "phone": phone, "phone_as_given": "" if phone else text})
    except IntegrityError as error:
        if "phone" not in conflict_of(error).fields:
            raise
    return _create({**values, "phone": None, "phone_as_given": text})


def _create(values: dict[str, Any]) -> Customer:
    with transaction.atomic():
        return Customer.objects.create(**values)


def _holder(email: str) -> int | None:
    holder = Customer.objects.live().filter(email=email)
    return holder.values_list("pk", flat=True).first()
