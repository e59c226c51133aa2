"""Money: a Decimal beside the ISO 4217 code of its currency, rounded to what the currency has.

Amounts of different currencies are never added.
"""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.base.currencies import currencies, exponent, round_half_up
from crm.base.generic_fields import CharField, DecimalField, Get, Set

MOST_PLACES = 3
# SQLite keeps decimals as doubles, in which 15 digits are exact.
MOST_DIGITS = 15


def validate_currency(code: str) -> None:
    if code not in currencies():
        message = _("%(code)s is no currency. Use its three letters, such as %(example)s.")
        params = {"code": code, "example": settings.CURRENCY}
        raise ValidationError(message, code="unknown_currency", params=params)


def installation_currency() -> str:
    return str(settings.CURRENCY)


class CurrencyField(CharField[Set, Get]):
    """The ISO 4217 code of a currency, in upper case; the installation's unless told."""

    default_validators = [validate_currency]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("default", installation_currency)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        return text and text.strip().upper()


class MoneyField(DecimalField[Set, Get]):
    """An amount in the currency that the field named ``currency`` of the same record holds.

    It is read with the currency's decimals; more of them than it has are refused.
    """

    # As a decimal is compared with each, which takes time, there are not more than can be.
    empty_values = [None, ""]

    def __init__(self, *args: Any, currency: str = "currency", **kwargs: Any) -> None:
        self.currency = currency
        kwargs.setdefault("max_digits", MOST_DIGITS)
        kwargs.setdefault("decimal_places", MOST_PLACES)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "currency": self.currency}

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        amount = super().clean(value, model_instance)
        if amount is None or model_instance is None:
            return amount
        currency = getattr(model_instance, self.currency)
        # Of what is no currency its own field tells.
        return check_places(amount, currency) if currency.upper() in currencies() else amount

    def value_from_object(self, obj: models.Model) -> Any:
        amount: Any = super().value_from_object(obj)
        is_amount = isinstance(amount, Decimal)
        return round_half_up(amount, getattr(obj, self.currency)) if is_amount else amount


class ExactMoneyField(MoneyField[Set, Get]):
    """An amount that the database adds up and compares: stored as a whole number of thousandths.

    SQLite keeps a decimal as a double, and of doubles 0.1 + 0.2 is more than 0.3.
    A sum of several such fields is one again only where the query says so, with ``output_field``.
    """

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return int(prepared.scaleb(MOST_PLACES)) if isinstance(prepared, Decimal) else prepared

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return a number: of a sum, SQLite would find every text to be more."""
        return value if prepared else self.get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        is_expression = hasattr(value, "as_sql")
        return value if is_expression else self.get_db_prep_value(value, connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-MOST_PLACES)


def check_places(amount: Decimal, currency: str) -> Decimal:
    """Return ``amount`` as ``currency`` writes it; raises ``ValidationError`` for more decimals."""
    rounded = round_half_up(amount, currency)
    if rounded != amount:
        message = _("%(currency)s has %(places)d decimals.")
        params = {"currency": currency, "places": exponent(currency)}
        raise ValidationError(message, code="too_precise", params=params)
    return rounded


def amount_text(amount: Decimal | None, currency: str) -> str | None:
    """Return ``amount`` as the API shows it: "100.00", "100" of a currency without cents."""
    return None if amount is None else f"{round_half_up(amount, currency):f}"
