"""What a document comes to: lines, taxes and totals add up in every currency."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from crm.base.currencies import exponent, smallest
from invoices.arithmetic import (
    Tax,
    days_overdue,
    line_amount,
    taken_back,
    tax_on,
    taxes_on,
    totals_of,
)

CURRENCY = ["JPY", "EUR", "KWD"]
CURRENCIES = st.sampled_from(CURRENCY)
RATE = [Decimal(rate) for rate in ("0", "4", "10", "21", "8.875")]
RATES = st.sampled_from(RATE)
# One number stands for a line.
LINES = st.lists(st.integers(0, 5 * 10**15), min_size=1, max_size=4)


def read(number: int) -> tuple[Decimal, Decimal, Decimal]:
    """Return quantity, price and rate of the line that ``number`` stands for."""
    rest, rate = divmod(number, len(RATE))
    price, quantity = divmod(rest, 10**7)
    return Decimal(quantity + 1) / 1000, Decimal(price) / 10000, RATE[rate]


def decimals(amount: Decimal) -> int:
    return -int(amount.as_tuple().exponent)


@given(CURRENCIES, LINES)
@effort(max_examples=500, deadline=None)
def test_what_is_shown_adds_up(currency: str, numbers: list[int]) -> None:
    adds_up(currency, numbers)


@given(st.integers())
@effort(max_examples=100, deadline=None)
def test_what_is_shown_adds_up_ten_thousand_times(seed: int) -> None:
    drawn = Random(seed)  # noqa: S311 — any numbers will do; far faster than drawn one by one
    for _ in range(100):
        sizes = [10 ** drawn.randint(1, 16) // 2 for _ in range(drawn.randint(1, 4))]
        adds_up(drawn.choice(CURRENCY), [drawn.randrange(size) for size in sizes])


def adds_up(currency: str, numbers: list[int]) -> None:
    lines = [read(number) for number in numbers]
    amounts = [(rate, line_amount(quantity, price, currency)) for quantity, price, rate in lines]
    taxes = taxes_on(amounts, currency)
    found = totals_of(taxes, currency)
    assert found.subtotal == sum(amount for _rate, amount in amounts)
    assert found.subtotal == sum(tax.base for tax in taxes)
    assert found.tax == sum(tax.tax for tax in taxes)
    assert found.total == found.subtotal + found.tax
    shown = [found.subtotal, found.tax, found.total, *(amount for _rate, amount in amounts)]
    assert {decimals(amount) for amount in shown} == {exponent(currency)}
    half = smallest(currency) / 2
    for tax in taxes:
        assert abs(tax.tax - tax.base * tax.rate / 100) <= half
    for (quantity, price, _rate), (_same, amount) in zip(lines, amounts, strict=True):
        assert abs(amount - quantity * price) <= half


@given(CURRENCIES, st.lists(st.integers(1, 10**6), min_size=1, max_size=8), RATES)
@effort(max_examples=500, deadline=None)
def test_the_taxes_of_the_parts_are_the_tax_of_the_whole(
    currency: str, parts: list[int], rate: Decimal
) -> None:
    bases = [part * smallest(currency) for part in parts]
    base = sum(bases, Decimal(0))
    rest = Tax(rate, base, tax_on(base, rate, currency))
    for part in bases:
        back = taken_back(part, rest, currency)
        assert 0 <= back.tax <= rest.tax
        rest = Tax(rate, rest.base - back.base, rest.tax - back.tax)
    assert not rest.base
    assert not rest.tax


@pytest.mark.parametrize(
    ("currency", "quantity", "price", "amount"),
    [
        *(("JPY", "1", "0.5", "1"), ("JPY", "1", "0.4999", "0"), ("JPY", "3", "33.3333", "100")),
        *(("EUR", "1", "0.005", "0.01"), ("EUR", "2.5", "0.01", "0.03"), ("EUR", "1", "1", "1.00")),
        *(("KWD", "1", "0.0005", "0.001"), ("KWD", "0.3333", "10", "3.333")),
        ("EUR", "-1", "0.005", "-0.01"),  # a discount is rounded as what it takes back
    ],
)
def test_halves_are_rounded_up(currency: str, quantity: str, price: str, amount: str) -> None:
    found = line_amount(Decimal(quantity), Decimal(price), currency)
    assert f"{found:f}" == amount


def test_tax_is_worked_out_on_the_sum_of_a_rate_and_not_on_each_line() -> None:
    lines = [(Decimal(21), Decimal("0.10"))] * 3
    assert [tax.tax for tax in taxes_on(lines, "EUR")] == [Decimal("0.06")]  # as 3 of 0.02
    lines = [(Decimal(21), Decimal("0.02"))] * 5
    assert [tax.tax for tax in taxes_on(lines, "EUR")] == [Decimal("0.02")]  # not 5 of 0.00


def test_a_draft_and_what_is_paid_are_not_overdue() -> None:

    due = date(2026, 1, 31)
    assert days_overdue("pending", due, date(2026, 2, 10)) == 10
    assert days_overdue("pending", due, due) == 0
    assert days_overdue("paid", due, date(2026, 2, 10)) == 0
    assert days_overdue("draft", None, date(2026, 2, 10)) == 0
