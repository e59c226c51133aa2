"""Registering a customer at the console."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.base.storing.constraints import conflict_of
from crm.base.storing.unit_of_work import unit_of_work
from crm.console.answers import of_field, required
from crm.console.desk import Desk
from crm.console.presentation import customer_number, moment
from crm.console.tables import show_fields
from customers.models import Customer

Values = dict[str, Any]


def register(desk: Desk) -> None:
    """Ask for a new customer's details and store them."""
    ask, blank = desk.terminal.ask_until, Customer()
    missing = _("Name, surname and email are required.")
    values: Values = {
        "name": ask(pgettext("console", "Name: "), required(of_field(blank, "name"), missing)),
        "surname": ask(_("Surname: "), required(of_field(blank, "surname"), missing)),
        "email": _ask_email(desk),
        **ask(_("Phone (optional): "), _phone),
        "address": ask(_("Address (optional): "), of_field(blank, "address")),
    }
    _tell(desk, _stored(desk, values))


def _ask_email(desk: Desk) -> str:
    def read(answer: str) -> str:
        try:
            email: str = of_field(Customer(), "email")(answer)
        except ValidationError as error:
            raise ValidationError(_("The email is not in a valid format.")) from error
        if Customer.objects.live().filter(email=email).exists():
            raise ValidationError(_("There is already a customer with this email."))
        return email

    missing = _("Name, surname and email are required.")
    return desk.terminal.ask_until(_("Email: "), required(read, missing))


def _phone(answer: str) -> Values:
    """Return the phone, or what was typed where it cannot be read: nobody is lost over a phone."""
    try:
        return {"phone": of_field(Customer(), "phone")(answer)}
    except ValidationError:
        return {"phone": None, "phone_as_given": of_field(Customer(), "phone_as_given")(answer)}


def _stored(desk: Desk, values: Values) -> Customer:
    """Store the customer; asks for another email when somebody was faster with this one."""
    try:
        return unit_of_work(partial(Customer.objects.create, **values))
    except IntegrityError as error:
        taken = conflict_of(error).fields
        if "phone" in taken:
            return _stored(desk, {**values, "phone": None, "phone_as_given": values["phone"]})
        if "email" not in taken:
            raise
    desk.terminal.refuse(_("There is already a customer with this email."))
    return _stored(desk, {**values, "email": _ask_email(desk)})


def _tell(desk: Desk, customer: Customer) -> None:
    terminal = desk.terminal
    terminal.say("✅ " + _("Customer registered successfully!"))
    fields = [
        (_("Assigned ID"), customer_number(customer)),
        (_("Registration date"), moment(customer.registered_at)),
    ]
    show_fields(terminal, fields)
    if customer.phone_as_given:
        terminal.say(_("The phone is kept as typed: it is incomplete, or another customer's."))
