"""Finding and listing customers at the console."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.base.api.parameters import MAX_LENGTH
from crm.base.storing import tallies
from crm.base.text import canonical_email
from crm.console.answers import Reader, one_of
from crm.console.desk import Desk, Page
from crm.console.presentation import customer_columns, customer_fields, customer_row
from crm.console.tables import Column, show_fields, show_table
from customers.models import Customer, CustomerQuerySet

MOST_CHOICES = 20
NUMBER = re.compile(r"USR0*([1-9][0-9]{0,17})", re.IGNORECASE)


def search(desk: Desk) -> None:
    """Show every customer that is found; one alone with a line for each field."""
    text = desk.terminal.ask_until(_("Email, name or phone: "), _short)
    found = _matching(desk, text)
    shown = 0
    for page in desk.pages(found):
        if not shown and len(page) == 1:
            show_fields(desk.terminal, customer_fields(page[0], desk.actor))
        else:
            _show(desk, page, shown, briefly=False)
        shown += len(page)
    if not shown:
        desk.terminal.refuse(_("Customer not found."))


def list_all(desk: Desk) -> None:
    """Show the customers, numbered, and how many there are."""
    customers, shown = desk.customers().live(), 0
    for page in desk.pages(customers):
        _show(desk, page, shown)
        shown += len(page)
    if not shown:
        desk.terminal.say(_("There are no customers."))
    total = tallies.total(customers)
    desk.terminal.say(_("Registered customers in all: %(count)d") % {"count": total})


def ask_customer(desk: Desk) -> Customer | None:
    """Return the customer somebody means; None when they name nobody and press Enter.

    An email or a number is enough; of those that a search finds, one is chosen.
    """
    while text := desk.terminal.ask_until(_("Customer's email (or name, phone, ID): "), _short):
        if customer := _exactly(desk, text):
            return customer
        found = list(_matching(desk, text).order_by("pk")[: MOST_CHOICES + 1])
        if not found:
            desk.terminal.refuse(_("Customer not found."))
        elif len(found) > MOST_CHOICES:
            desk.terminal.refuse(_("Too many match. Type more of the name, or the email."))
        else:
            return _choose(desk, found)
    return None


def _short(answer: str) -> str:
    if len(answer) > MAX_LENGTH:
        raise ValidationError(_("Use at most %(most)d characters.") % {"most": MAX_LENGTH})
    return answer


def _exactly(desk: Desk, text: str) -> Customer | None:
    customers = desk.customers().live()
    if number := NUMBER.fullmatch(text):
        return customers.filter(pk=int(number[1])).first()
    return customers.filter(email=canonical_email(text)).first()


def _matching(desk: Desk, text: str) -> CustomerQuerySet:
    exact = _exactly(desk, text) if text else None
    customers = desk.customers().live()
    return customers.filter(pk=exact.pk) if exact else customers.search(text)


def _choose(desk: Desk, found: Page) -> Customer:
    _show(desk, found, 0)
    # By number only: two customers may have one name.
    nameless = [(one, "") for one in found]
    read: Reader[Customer] = one_of(nameless, _("Choose one of the numbers."))
    return desk.terminal.ask_until(_("Number: "), read)


def _show(desk: Desk, customers: Page, before: int, *, briefly: bool = True) -> None:
    """Show ``customers``, numbered from what was shown ``before``."""
    headings = customer_columns(desk.actor, briefly=briefly)
    columns = [Column(pgettext("console", "No."), is_amount=True), *headings]
    rows = [
        [str(number), *customer_row(one, desk.actor, briefly=briefly)]
        for number, one in enumerate(customers, start=before + 1)
    ]
    show_table(desk.terminal, columns, rows)
