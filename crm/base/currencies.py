"""The world's currencies (ISO 4217), and amounts as each of them is written."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel.core import get_global

USUAL_EXPONENT = 2
# The currencies in use that have another one (ISO 4217, list one). CLDR knows them too, but tells
# of some that their cents are not used; they may be, on a document.
_WITHOUT_CENTS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_MILLS = "BHD IQD JOD KWD LYD OMR TND"
EXPONENTS = dict.fromkeys(_WITHOUT_CENTS.split(), 0) | dict.fromkeys(_WITH_MILLS.split(), 3)


@cache
def currencies() -> frozenset[str]:
    """Return the codes of the currencies that are legal tender somewhere today (CLDR)."""
    used = get_global("territory_currencies").values()
    return frozenset(
        code
        for territory in used
        for code, start, end, is_tender in territory
        if start and end is None and is_tender
    )


def exponent(currency: str) -> int:
    """Return how many decimals an amount of ``currency`` has."""
    return EXPONENTS.get(currency.upper(), USUAL_EXPONENT)


def round_half_up(amount: Decimal, currency: str) -> Decimal:
    """Return ``amount`` with the decimals of ``currency``; halves go away from zero."""
    # Adding 0 makes -0.00 plain.
    return amount.quantize(smallest(currency), ROUND_HALF_UP) + 0


@lru_cache
def smallest(currency: str) -> Decimal:
    """Return the smallest amount of ``currency`` that is not zero."""
    return Decimal(1).scaleb(-exponent(currency))
