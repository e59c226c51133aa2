"""Everything a person reads is there in every language, and compiled."""

import pytest
from django.core.management import call_command
from django.utils import translation

from crm.catalogues import LANGUAGES, as_mo, as_po, load, po_path, updated
from crm.tests.clients import ApiClient
from customers.models import Customer


def test_the_catalogues_are_complete_and_up_to_date() -> None:
    call_command("messages", "--check")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    assert po_path(language).with_suffix(".mo").read_bytes() == as_mo(load(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_update_keeps_the_translations(language: str) -> None:
    assert po_path(language).read_bytes() == as_po(updated(language))


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "customers"), ("es", "clientes"), ("ru", "клиенты")],
)
def test_names_are_spoken_in_the_reader_s_language(language: str, expected: str) -> None:
    with translation.override(language):
        assert str(Customer._meta.verbose_name_plural) == expected


def test_the_api_explains_errors_in_the_language_asked_for(as_sam: ApiClient) -> None:
    company = {"name": "Ana", "client_type": "juridical"}
    spanish = as_sam.post("/api/v1/customers", company, headers={"Accept-Language": "es"})
    english = as_sam.post("/api/v1/customers", company)
    assert english.json()["errors"][0]["detail"] == "A company needs its company name."
    assert spanish.json()["errors"][0]["detail"] != english.json()["errors"][0]["detail"]
    assert spanish.json()["errors"][0]["code"] == english.json()["errors"][0]["code"]
