"""The money of a document, without a database.

After EN 16931-1, whose rules these are: a line is rounded (BT-131); what is taxed at a rate is the
sum of its lines (BR-S-08); the tax on it is rounded once (BR-CO-17); tax and total are sums of what
is shown (BR-CO-10, BR-CO-14, BR-CO-15). Halves are rounded away from zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm.base.currencies import round_half_up
from invoices.kinds import Kind, Status

ZERO = Decimal(0)


@dataclass(frozen=True)
class Tax:
    """What is due at one rate, in per cent, on ``base``."""

    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Totals:
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    taxes: tuple[Tax, ...]


def line_amount(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """Return what a line costs without tax, as ``currency`` writes it."""
    return round_half_up(quantity * unit_price, currency)


def tax_on(base: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Return the tax of ``rate`` per cent on ``base``."""
    return round_half_up((base * rate).scaleb(-2), currency)


def taxes_on(lines: Iterable[tuple[Decimal, Decimal]], currency: str) -> tuple[Tax, ...]:
    """Return the taxes on ``lines``, pairs of rate and amount; the highest rate first."""
    bases: dict[Decimal, Decimal] = {}
    for rate, amount in lines:
        bases[rate] = bases.get(rate, ZERO) + amount
    rounded = {rate: round_half_up(bases[rate], currency) for rate in sorted(bases, reverse=True)}
    return tuple(Tax(rate, base, tax_on(base, rate, currency)) for rate, base in rounded.items())


def totals_of(taxes: Sequence[Tax], currency: str) -> Totals:
    """Return the sums of a document whose lines carry ``taxes``."""
    subtotal = round_half_up(sum((one.base for one in taxes), ZERO), currency)
    tax = round_half_up(sum((one.tax for one in taxes), ZERO), currency)
    return Totals(subtotal, tax, subtotal + tax, tuple(taxes))


def taken_back(base: Decimal, rest: Tax, currency: str) -> Tax:
    """Return the tax that goes back with ``base``, where ``rest`` is what has not gone back yet.

    The last part takes what is left, so that all parts together are the whole to the cent.
    """
    if base == rest.base:
        return Tax(rest.rate, base, rest.tax)
    computed = tax_on(base, rest.rate, currency)
    return Tax(rest.rate, base, sorted((ZERO, computed, rest.tax))[1])


def still_due(kind: str, status: str, total: Decimal, paid: Decimal, credited: Decimal) -> Decimal:
    """Return what of a document is to be paid: nothing of a draft or a credit note."""
    return total - paid - credited if kind == Kind.INVOICE and status != Status.DRAFT else ZERO


def days_overdue(status: str, due: date | None, today: date) -> int:
    """Return how many days ago a document should have been paid; 0 when it is not overdue."""
    return max(0, (today - due).days) if due and status == Status.PENDING else 0
