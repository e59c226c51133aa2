"""What an answer may be: each reader returns the value, or raises a ``ValidationError``."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from crm.base.folding import fold
from crm.base.money import check_places
from invoices.models import InvoiceLine

Value = TypeVar("Value")
Reader = Callable[[str], Value]

# 1234,50 and 1234.50; 1.234,50; 1,234.50. What stands once divides off the decimals, so that a
# lone 1.234 is no thousand by mistake: a currency without so many decimals refuses it.
PLAIN = re.compile(r"[0-9]+([.,][0-9]+)?")
BY_POINTS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?")
BY_COMMAS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


def of_field(record: models.Model, name: str) -> Reader[Any]:
    """Return the reader of the model's field ``name``: its own rules decide."""
    field: Any = record._meta.get_field(name)

    def read(answer: str) -> Any:
        return field.clean(answer, record)

    return read


def required(read: Reader[Value], message: Any) -> Reader[Value]:
    """Return ``read`` for answers that must not be empty."""

    def read_some(answer: str) -> Value:
        if not answer:
            raise ValidationError(message)
        return read(answer)

    return read_some


def amount_in(currency: str) -> Reader[Decimal]:
    """Return the reader of amounts in ``currency``, with a decimal point or a comma."""
    price: Any = InvoiceLine._meta.get_field("unit_price")

    def read(answer: str) -> Decimal:
        amount = _number(re.sub(r"[\s']", "", answer))
        if amount is None or amount <= 0:
            raise ValidationError(_("Invalid amount. It must be a positive number."))
        checked: Decimal = check_places(amount, currency)
        price.clean(checked, None)
        return checked

    return read


def _number(text: str) -> Decimal | None:
    if not PLAIN.fullmatch(text):
        if BY_POINTS.fullmatch(text):
            text = text.replace(".", "")
        elif BY_COMMAS.fullmatch(text):
            text = text.replace(",", "")
        else:
            return None
    return Decimal(text.replace(",", "."))


def one_of(options: Sequence[tuple[Value, Any]], message: Any) -> Reader[Value]:
    """Return the reader of a choice among ``options``, by its number or by its name."""
    names = [fold(str(name)) for _value, name in options]

    def read(answer: str) -> Value:
        if answer.isascii() and answer.isdigit() and 1 <= int(answer[:9]) <= len(options):
            return options[int(answer[:9]) - 1][0]
        name = fold(answer)
        if name and name in names:
            return options[names.index(name)][0]
        raise ValidationError(message)

    return read
