"""Clients by a part of what is known about them, as its page asks at every keystroke."""

import re
from collections.abc import Callable
from typing import Any

from django.db.models import CharField, Q, Value
from django.db.models.functions import Concat

from crm.base.folding import TRIGRAM, fold
from crm.base.phones import as_dialled, readable_phone
from customers.models import Customer, CustomerQuerySet

CONTACT_NAME = Concat("name", Value(" "), "surname", output_field=CharField())


def containing(customers: Any, text: str, *columns: str) -> Any:
    """Keep the customers with ``text`` in one of ``columns``, whatever its case.

    The search index finds the few rows that are compared, where ``text`` has a word of three
    letters and the index knows all the columns.
    """
    text = str(Customer._meta.get_field("name").to_python(text))
    words = [word for word in fold(text).split() if len(word) >= TRIGRAM]
    if words and {*columns} <= {"contact_name", *Customer.searchable}:
        customers = customers.search(" ".join(words))
    conditions = (Q(**{f"{column}__iregex": re.escape(text)}) for column in columns)
    if "contact_name" in columns:
        customers = customers.alias(contact_name=CONTACT_NAME)
    return customers.filter(Q.create(list(conditions), Q.OR))


def with_phone_like(customers: CustomerQuerySet, text: str) -> Any:
    """Keep the customer with this phone; while it is none yet, those whose phone contains it."""
    if readable_phone(text):
        return customers.with_phone(text)
    return containing(customers, as_dialled(text).lstrip("+0") or text, "phone")


def with_instagram(customers: Any, text: str) -> Any:
    """Keep the customers of that name on Instagram, whatever its case."""
    exactly = rf"^{re.escape(text)}$"
    return containing(customers, text, "instagram").filter(instagram__iregex=exactly)


def with_email(customers: Any, text: str) -> Any:
    return customers.filter(email=text)  # in its stored spelling


# How a client is known to exist already.
IDENTITIES: dict[str, Callable[[Any, str], Any]] = {
    "phone": with_phone_like,
    "email": with_email,
    "instagram": with_instagram,
}


def narrowed(customers: CustomerQuerySet, asked: dict[str, Any]) -> Any:
    """Keep the customers that fit what ``asked`` says of phone and texts, and take that out."""
    found: Any = customers
    if phone := asked.pop("phone", ""):
        found = with_phone_like(found, phone)
    for column in ("contact_name", "company_name", "email", "instagram", "country"):
        if text := asked.pop(column, ""):
            found = containing(found, text, column)
    return found
