from datetime import date
from decimal import Decimal

import pytest
from babel import Locale

from invoices.pdf.formats import Formats, currency_decimals, decimals

AMOUNT = Decimal("-1234567.5")


def formats(locale: str, currency: str, *amounts: str) -> Formats:
    digits = currency_decimals(currency, map(Decimal, amounts))
    return Formats(Locale.parse(locale), currency, digits)


@pytest.mark.parametrize(
    ("locale", "currency", "expected"),
    [
        ("en", "EUR", "-€1,234,567.50"),
        ("en", "KWD", "-KWD\xa01,234,567.500"),
        ("es", "EUR", "-1.234.567,50\xa0€"),
        ("es", "KWD", "-1.234.567,500\xa0KWD"),
        ("es_MX", "MXN", "-$1,234,567.50"),
        ("ru", "EUR", "-1\xa0234\xa0567,50\xa0€"),
        ("ru", "RUB", "-1\xa0234\xa0567,50\xa0₽"),
    ],
)
def test_money_is_written_as_the_language_does(locale: str, currency: str, expected: str) -> None:
    assert formats(locale, currency).money(AMOUNT) == expected


def test_yen_have_no_decimals() -> None:
    assert formats("en", "JPY", "1500.0000").money(Decimal("1500.0000")) == "¥1,500"


def test_an_amount_is_never_shortened() -> None:
    # CLDR counts no decimals for the Lebanese pound, ISO 4217 two.
    assert formats("en", "LBP", "10.25", "3").money(Decimal("10.25")) == "LBP\xa010.25"


def test_the_currency_of_one_does_not_change_that_of_the_next() -> None:
    formats("es", "KWD").money(AMOUNT)
    assert formats("es", "EUR").money(Decimal(1)) == "1,00\xa0€"


@pytest.mark.parametrize(
    ("locale", "rate", "expected"),
    [("en", "21.00", "21%"), ("es", "5.2", "5,2\xa0%"), ("ru", "0", "0\xa0%")],
)
def test_rates_show_the_decimals_they_have(locale: str, rate: str, expected: str) -> None:
    assert formats(locale, "EUR").percent(Decimal(rate)) == expected


def test_days_are_written_out() -> None:
    day = date(2026, 11, 21)
    assert formats("es", "EUR").day(day) == "21 de noviembre de 2026"
    assert formats("en", "EUR").day(day) == "November 21, 2026"


def test_zeros_at_the_end_are_no_decimals() -> None:
    assert decimals([Decimal("1.500"), Decimal("1E+3"), Decimal(7)]) == 1
    assert decimals([]) == 0
