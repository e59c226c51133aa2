"""The columns of a record are cleaned as Django would clean them, and of many no value twice."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from crm.base.models import Record
from crm.base.storing.columns import columns_of
from crm.base.storing.validating import clean_columns, each_value_once
from crm.base.tests.sample import Sample

MODELS: list[Any] = sorted(
    (model for model in apps.get_models() if issubclass(model, Record)),
    key=lambda model: model._meta.label,
)
TEXTS = (None, "", " \tAna\n", "a\0", "x" * 20_000, "3", "1.5", "2026-01-31T00:00Z")
NUMBERS = (0, -1, 3, Decimal("1.5"), Decimal("0.00001"))
COUNTED = (models.IntegerField, models.DecimalField)


def outcome(record: Any, clean: Any) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the values and the errors after ``clean``."""
    errors: dict[str, list[str]] = {}
    try:
        clean()
    except ValidationError as error:
        errors = error.message_dict
    kind: Any = type(record)
    return {name: record.__dict__[name] for name in columns_of(kind).names}, errors


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind._meta.label)
@pytest.mark.parametrize("value", [*TEXTS, *NUMBERS], ids=lambda value: repr(value)[:16])
def test_it_is_what_django_does(kind: Any, value: Any) -> None:
    given = {
        field.attname: value
        for field in kind._meta.concrete_fields
        if not field.is_relation and (value in TEXTS or isinstance(field, COUNTED))
    }
    django = copy.copy(ours := kind(**given))
    relations = {field.name for field in kind._meta.fields if field.is_relation}
    expected = outcome(django, lambda: django.clean_fields(exclude=relations))
    assert outcome(ours, lambda: clean_columns(ours)) == expected


def test_of_many_what_is_wrong_is_refused_each_time() -> None:
    with each_value_once():
        for name in ("Ana", "Ana", "a\0", "a\0", "Ana"):
            _values, errors = outcome(one := Sample(name=name), lambda one=one: clean_columns(one))
            assert list(errors) == (["name"] if "\0" in name else [])


def test_of_many_what_is_changed_is_changed_each_time() -> None:
    with each_value_once():
        for name in ("Ana", " Ana", " Ana"):
            clean_columns(one := Sample(name=name))
            assert one.name == "Ana"


def test_of_many_no_text_is_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    field: Any = Sample._meta.get_field("name")
    looked: list[str] = []
    monkeypatch.setattr(field, "validators", [looked.append])
    with each_value_once(), each_value_once():
        for name in ("Ana", "Ana", "Berta"):
            clean_columns(Sample(name=name))
    clean_columns(Sample(name="Ana"))
    assert looked == ["Ana", "Berta", "Ana"]


def test_of_many_an_amount_is_of_its_own_currency() -> None:
    kind = apps.get_model("leads.Lead")
    with each_value_once():
        clean_columns(kind(name="Ana", expected_value=Decimal("1.5"), currency="EUR"))
        with pytest.raises(ValidationError, match="JPY has 0 decimals"):
            clean_columns(kind(name="Ana", expected_value=Decimal("1.5"), currency="JPY"))
