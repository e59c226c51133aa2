"""Amounts as each currency writes them."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.base.currencies import currencies, exponent, round_half_up
from crm.base.money import CurrencyField, amount_text, check_places


@pytest.mark.parametrize(("code", "places"), [("JPY", 0), ("EUR", 2), ("KWD", 3), ("LBP", 2)])
def test_a_currency_has_its_decimals(code: str, places: int) -> None:
    assert code in currencies()
    assert exponent(code) == exponent(code.lower()) == places


@pytest.mark.parametrize("code", ["DEM", "XXX", "XAU", "EURO", ""])
def test_money_of_the_past_and_metals_are_no_currencies(code: str) -> None:
    assert code not in currencies()


@pytest.mark.parametrize(
    ("amount", "code", "rounded"),
    [
        ("2.675", "EUR", "2.68"),
        ("2.665", "EUR", "2.67"),
        ("-2.665", "EUR", "-2.67"),
        ("1.0005", "KWD", "1.001"),
        ("0.5", "JPY", "1"),
        ("-0.001", "EUR", "0.00"),
    ],
)
def test_halves_go_away_from_zero(amount: str, code: str, rounded: str) -> None:
    assert str(round_half_up(Decimal(amount), code)) == rounded


@pytest.mark.parametrize(
    ("amount", "code", "text"),
    [("100.000", "EUR", "100.00"), ("1E+3", "JPY", "1000"), (None, "EUR", None)],
)
def test_it_is_shown_with_the_decimals_of_its_currency(amount: Any, code: str, text: Any) -> None:
    assert amount_text(None if amount is None else Decimal(amount), code) == text


def test_more_decimals_than_the_currency_has_are_refused() -> None:
    assert check_places(Decimal("1.500"), "EUR") == Decimal("1.5")
    with pytest.raises(ValidationError, match="JPY has 0 decimals"):
        check_places(Decimal("1.5"), "JPY")


def test_a_currency_is_known_in_any_case() -> None:
    field: Any = CurrencyField()
    assert field.clean(" eur ", None) == "EUR"
    with pytest.raises(ValidationError, match="no currency"):
        field.clean("EUX", None)
