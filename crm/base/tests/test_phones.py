from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from crm.base import phones
from crm.base.phones import E164, PhoneField, parse_phone


@pytest.mark.parametrize(
    "typed",
    [
        "+584123456789",
        "0412-345-6789",
        "0412 345.67.89",
        "(0412) 345/6789",
        "(+58) 412 345 6789",
        "0058 412 345 67 89",
        "+58 0412 3456789",
        "4123456789",
        "  04123456789\n",
        "+58\N{NO-BREAK SPACE}412\N{EN DASH}345\N{MINUS SIGN}67\N{NON-BREAKING HYPHEN}89",
        "\u202a+58 412 345 6789\u202c",
        "\u200e0412\u200b3456789\ufeff",
        "＋５８（４１２）３４５６７８９",
        "٠٤١٢٣٤٥٦٧٨٩",
    ],
)
def test_one_number_has_one_form(typed: str) -> None:
    assert parse_phone(typed, "VE") == "+584123456789"


@pytest.mark.parametrize(
    ("typed", "region", "parsed"),
    [
        ("+14155552671", "VE", "+14155552671"),
        ("+7(921)345-19-48", "VE", "+79213451948"),
        ("8 921 345-19-48", "RU", "+79213451948"),
        ("0044 20 7946 0958", "US", "+442079460958"),
        ("+44 (0)20 7946 0958", "VE", "+442079460958"),
        ("011 58 412 345 6789", "US", "+584123456789"),
        ("06 1234 5678", "IT", "+390612345678"),
    ],
)
def test_numbers_of_other_countries_stay_theirs(typed: str, region: str, parsed: str) -> None:
    assert parse_phone(typed, region) == parsed


def test_a_possible_number_in_an_unassigned_range_is_enough() -> None:
    assert parse_phone("+589991234567") == "+589991234567"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "+",
        "abc",
        "12",
        "3456789",  # a local number: nobody abroad could dial it
        "0412345678901234",
        "+4930123456789012",  # possible in Germany, too long for E.164
        "0412 3456789 ext 5",
        "04123456789x5",
        "0412345678;ext=5",
        "0412-FLOWERS",
        "1-800-FLOWERS",
        "0412\x003456789",
        "0412345678\ud800",
        "04123456789 / 04141234567",
        "++584123456789",
        "+000000000",
        "4123456789" + " " * 200 + "call me",
        "4" * 100_000,
    ],
)
def test_it_refuses_what_is_no_full_number(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        parse_phone(typed, "VE")
    assert refusal.value.code == "invalid_phone"
    assert "+58 412-1234567" in refusal.value.messages[0]


@pytest.mark.parametrize(("region", "example"), [("US", "+1 201-555-0123"), ("XX", "+44 20 7946")])
def test_a_refusal_shows_an_example_of_the_region(region: str, example: str) -> None:
    with pytest.raises(ValidationError, match=example.replace("+", r"\+")):
        parse_phone("?", region)


def test_the_region_is_a_setting(settings: Any) -> None:
    settings.PHONENUMBER_DEFAULT_REGION = "RU"
    assert parse_phone("8 921 345-19-48") == "+79213451948"


@effort(deadline=None)  # the first call reads the library's data
@example("+4300001")  # its zeros are read off one by one
@example("+390612345678")
@given(st.text(st.characters()) | st.from_regex(r"\+?[0-9 ()./-]{5,25}", fullmatch=True))
def test_what_it_takes_is_e164_and_stays_the_same(typed: str) -> None:
    try:
        parsed = parse_phone(typed, "VE")
    except ValidationError:
        return
    assert E164.fullmatch(parsed)
    assert parse_phone(parsed, "US") == parsed


def make_contact_model() -> Any:
    class Contact(models.Model):
        phone = PhoneField(null=True, blank=True)
        fax = PhoneField(blank=True)

        class Meta:
            app_label = "base"

        def __str__(self) -> str:
            return str(self.phone)

    return Contact


@isolate_apps("crm.base")
def test_a_record_is_cleaned_into_e164() -> None:
    contact = make_contact_model()(phone="0412 345 6789", fax=" ")
    contact.clean_fields()
    assert contact.phone == "+584123456789"


@isolate_apps("crm.base")
def test_a_bad_phone_is_told_at_its_field() -> None:
    with pytest.raises(ValidationError) as refusal:
        make_contact_model()(phone="12").clean_fields()
    assert refusal.value.error_dict["phone"][0].code == "invalid_phone"


def test_no_phone_is_null_where_null_is_allowed() -> None:
    assert PhoneField(null=True).to_python("") is None
    assert PhoneField(null=True).to_python("  ") is None
    assert PhoneField(null=True).get_prep_value("") is None
    assert PhoneField().to_python("") == ""


def test_a_look_up_takes_every_spelling() -> None:
    assert PhoneField().get_prep_value("0412 345 6789") == "+584123456789"


@isolate_apps("crm.base")
def test_neither_reading_nor_writing_a_stored_phone_parses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(phones, "parse_phone")
    model = make_contact_model()
    contact = model.from_db("default", ["id", "phone", "fax"], [1, "+584123456789", "as it was"])
    assert contact.fax == "as it was"
    assert not hasattr(PhoneField, "from_db_value")
    assert PhoneField().get_prep_value("+584123456789") == "+584123456789"


@isolate_apps("crm.base")
def test_the_form_has_a_telephone_input_with_room_for_what_people_type() -> None:
    form = forms.modelform_factory(make_contact_model(), fields=["phone"])(
        {"phone": "0412 3456789"}
    )
    assert 'type="tel"' in str(form["phone"])
    assert 'maxlength="40"' in str(form["phone"])
    assert form.is_valid()
    assert form.instance.phone == "+584123456789"


def test_a_migration_shows_nothing_of_its_workings() -> None:
    written, imports = MigrationWriter.serialize(PhoneField(null=True, unique=True))
    assert written == "crm.base.phones.PhoneField(max_length=16, null=True, unique=True)"
    assert imports == {"import crm.base.phones"}
    field = PhoneField(null=True)
    assert field.clone().deconstruct() == field.deconstruct()
