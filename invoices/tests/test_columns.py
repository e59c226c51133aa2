"""How documents read in the lists of the back office."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from invoices.admin_columns import state_of
from invoices.models import CompanyProfile
from invoices.tests.make import make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Overdue"), ("es", "Vencida"), ("ru", "Просрочен")]
)
def test_one_invoice_is_overdue_in_the_singular(language: str, words: str) -> None:
    invoice = make_invoice()
    with translation.override(language):
        assert state_of(invoice, date.max) == ("overdue", words)


@pytest.mark.parametrize(("language", "label"), [("es", "nombre"), ("ru", "название")])
def test_a_company_has_no_first_name(language: str, label: str) -> None:
    name: Any = CompanyProfile._meta.get_field("name")
    with translation.override(language):
        assert str(name.verbose_name) == label
