"""Records made quickly are what Django would have made of the same values."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import post_init, pre_init

from crm.base.storing.columns import columns_of
from crm.base.storing.making import QuicklyMade
from crm.base.tests.sample import Sample, make

MODELS: list[Any] = sorted(
    (model for model in apps.get_models() if issubclass(model, QuicklyMade)),
    key=lambda model: model._meta.label,
)


def by_django(kind: Any, values: dict[str, Any]) -> Any:
    made = kind.__new__(kind)
    models.Model.__init__(made, **values)
    return made


def columns(record: Any) -> dict[str, Any]:
    """Return what the columns hold; of what is made anew for each record, the type."""
    return {
        field.attname: type(record.__dict__[field.attname])
        if callable(field.default) and field.has_default()
        else record.__dict__[field.attname]
        for field in record._meta.concrete_fields
    }


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind._meta.label)
def test_it_holds_the_defaults(kind: Any) -> None:
    made, expected = kind(), by_django(kind, {})
    assert columns(made) == columns(expected)
    assert made.__dict__.keys() == expected.__dict__.keys()
    assert (made._state.adding, made._state.db) == (True, None)


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind._meta.label)
def test_it_holds_what_it_is_given(kind: Any) -> None:
    values = {field.attname: f"given {field.attname}" for field in kind._meta.concrete_fields}
    assert columns(kind(**values)) == columns(by_django(kind, values))


def test_two_get_values_of_their_own() -> None:
    assert Sample().uuid != Sample().uuid


def test_it_knows_related_records_and_refuses_what_it_does_not_know(alice: Any) -> None:
    record = Sample(name="Ana", created_by=alice, pk=7)
    assert (record.created_by_id, record.created_by, record.id) == (alice.pk, alice, 7)
    with pytest.raises(TypeError, match="nmae"):
        Sample(nmae="Ana")


@pytest.mark.parametrize("known", [True, False])
def test_a_related_record_may_stand_for_its_key(alice: Any, known: bool) -> None:
    values = {"name": "Ana", "created_by": alice if known else None}
    made, expected = Sample(**values), by_django(Sample, values)
    assert columns(made) == columns(expected)
    assert made.__dict__.keys() == expected.__dict__.keys()
    assert made._state.fields_cache == expected._state.fields_cache


@pytest.mark.django_db
def test_what_is_read_is_what_django_reads() -> None:
    pk = make(name="Ana", city="Lima").pk
    read = Sample.objects.get(pk=pk)
    values = {name: read.__dict__[name] for name in columns_of(Sample).names}
    assert (read._state.adding, read._state.db) == (False, "default")
    assert columns(read) == columns(by_django(Sample, values))


@pytest.mark.django_db
def test_what_was_not_read_is_read_when_asked_for() -> None:
    record = Sample.objects.only("name").get(pk=make(name="Ana", city="Lima").pk)
    assert record.get_deferred_fields() >= {"city", "email"}
    assert record.city == "Lima"


@pytest.mark.django_db
def test_who_listens_hears_of_it() -> None:
    heard: list[str] = []

    def listen(signal: Any, sender: Any, **told: Any) -> None:
        heard.append("before" if signal is pre_init else f"after {told['instance'].name}")

    pk = make(name="Ana").pk
    for signal in (pre_init, post_init):
        signal.connect(listen, sender=Sample)
    try:
        Sample(name="Berta")
        Sample.objects.get(pk=pk)
    finally:
        for signal in (pre_init, post_init):
            signal.disconnect(listen, sender=Sample)
    assert heard == ["before", "after Berta", "before", "after Ana"]
