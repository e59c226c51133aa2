"""Values as people read them."""

from decimal import Decimal

import pytest
from django.utils import translation

from crm.base.figures import price
from crm.base.readable import readable
from invoices.models import InvoiceLine, Payment

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("language", "amount", "quantity"), [("en", "1,225.00", "2.5"), ("es", "1.225,00", "2,5")]
)
def test_numbers_are_written_as_the_reader_writes_them(
    language: str, amount: str, quantity: str
) -> None:
    with translation.override(language):
        money, number = Payment._meta.get_field("amount"), InvoiceLine._meta.get_field("quantity")
        assert readable(money, Decimal("1225.00")).replace("\N{NO-BREAK SPACE}", ".") == amount
        assert readable(number, Decimal("2.5000")) == quantity


@pytest.mark.parametrize(
    ("number", "currency", "shown"),
    [("1250.5", "EUR", "1,250.50"), ("0.0475", "EUR", "0.0475"), ("350", "JPY", "350")],
)
def test_a_price_has_the_decimals_of_its_currency_or_more(
    number: str, currency: str, shown: str
) -> None:
    assert price(Decimal(number), currency) == shown


def test_a_payment_is_called_by_its_amount() -> None:
    assert str(Payment(amount=Decimal("1225.000"), currency="EUR")) == "1225.00 EUR"
