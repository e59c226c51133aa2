"""Amounts, quantities and dates as they are written in one language."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern, get_currency_precision, parse_pattern

# CLDR wants a space here ("KWD 5"), Babel 2.18 writes none.
LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")


@dataclass(frozen=True)
class Formats:
    """The customs of ``locale`` for a document in ``currency`` with ``digits`` decimals."""

    locale: Locale
    currency: str
    digits: int

    def money(self, amount: Decimal) -> str:
        """Return "1.234,50 €"."""
        pattern = self.locale.currency_formats["standard"]
        written = self._written(pattern, amount, self.digits, self.currency)
        return LETTER_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", written)

    def number(self, value: Decimal, digits: int) -> str:
        """Return "1.234,50"."""
        return self._written(self.locale.decimal_formats[None], value, digits)

    def percent(self, rate: Decimal) -> str:
        """Return "21 %" for 21."""
        return self._written(self.locale.percent_formats[None], rate / 100, decimals([rate]))

    def day(self, day: date) -> str:
        return format_date(day, "long", self.locale)

    def _written(
        self, pattern: NumberPattern, value: Decimal, digits: int, currency: str | None = None
    ) -> str:
        exact = parse_pattern(pattern.pattern)  # a new one: the locale's own is shared
        exact.frac_prec = (digits, digits)
        return str(exact.apply(value, self.locale, currency=currency, currency_digits=False))


def decimals(values: Iterable[Decimal]) -> int:
    """Return how many decimals the values need at most; zeros at the end need none."""
    return max((-_exponent(value) for value in values), default=0)


def currency_decimals(currency: str, amounts: Iterable[Decimal]) -> int:
    """Return the decimals to show: the currency's in CLDR, more where an amount has more.

    CLDR counts the coins in use (none for LBP), ISO 4217 the minor units by law (2): whoever
    rounded by the law must not see an amount shortened on paper.
    """
    return max(get_currency_precision(currency), decimals(amounts))


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0
