"""What a new record's values become on their way to the database."""

from typing import Any

import pytest
from django.db import connection

from crm.base.storing.columns import columns_of
from crm.base.tests.sample import Sample, make
from crm.base.trail.inserts import values_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"email": "Ana@Example.com", "phone": "0412 123 45 67", "age": 40},
        {"email": "", "phone": "", "external_id": ""},
    ],
    ids=["little", "much", "blank"],
)
def test_they_are_what_the_fields_make_of_them(values: dict[str, Any]) -> None:
    record = Sample(name="Ana  Pérez", **values)
    record.prepare()
    fields = columns_of(Sample).written
    made = [field.get_db_prep_save(field.pre_save(record, True), connection) for field in fields]
    assert [repr(value) for value in values_of(record, fields)] == [repr(value) for value in made]


def test_a_record_may_bring_its_own_key() -> None:
    taken = make().pk
    record = make(pk=taken + 1000)
    assert Sample.objects.get(pk=taken + 1000).name == record.name
    assert [entry.history_type for entry in record.history.all()] == ["+"]
