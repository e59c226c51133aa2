"""Numbers and amounts of money as the reader writes them."""

from decimal import Decimal

from django.utils.formats import number_format

from crm.base.currencies import exponent, round_half_up


def figure(amount: Decimal, currency: str) -> str:
    """Return "1,234.50" with the decimals of ``currency``."""
    return grouped(round_half_up(amount, currency), exponent(currency))


def money(amount: Decimal, currency: str) -> str:
    """Return "1,234.50 EUR", which no line break separates."""
    return f"{figure(amount, currency)}\N{NO-BREAK SPACE}{currency}"


def plain(number: Decimal) -> str:
    """Return a quantity, price or rate without zeros that say nothing."""
    return grouped(f"{number.normalize():f}")


def price(number: Decimal, currency: str) -> str:
    """Return a price with the decimals of ``currency``, or as many more as it has."""
    places = -int(number.normalize().as_tuple().exponent)
    return grouped(number, max(places, exponent(currency)))


def grouped(number: Decimal | str, places: int | None = None) -> str:
    return number_format(number, places, use_l10n=True, force_grouping=True)
