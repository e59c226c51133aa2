"""Every value of every model is proven as it was written, whatever database gives it back."""

from typing import Any

import pytest

from crm.base.trail.canonical import canonical
from crm.base.trail.history import history_model
from crm.base.trail.proof import holds
from crm.base.trail.shapes import shape_of
from crm.tests.audit_check import record_models
from crm.tests.samples import MAKERS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", record_models(), ids=lambda model: model._meta.label)
def test_an_entry_is_proven_by_what_was_in_memory_and_what_is_stored(model: Any) -> None:
    record = MAKERS[model]()
    history = history_model(model)
    stored = history.objects.filter(id=record.pk).latest("history_id")
    for field in history.tracked_fields:
        written, read = getattr(record, field.attname), getattr(stored, field.attname)
        assert canonical(written) == canonical(read), field.name
    assert holds(stored.proof, shape_of(history), stored.__dict__)


@pytest.mark.parametrize("model", record_models(), ids=lambda model: model._meta.label)
def test_no_column_of_an_entry_can_be_changed_unnoticed(model: Any) -> None:
    record = MAKERS[model]()
    history = history_model(model)
    stored = history.objects.filter(id=record.pk).earliest("history_id")
    shape = shape_of(history)
    columns = {field.attname for field in history._meta.concrete_fields}
    assert columns - set(shape.names) == {"history_id", "proof"}
    for name in columns - {"history_id", "proof", "id"}:
        values = {**stored.__dict__, name: "another" if stored.__dict__[name] != "another" else 7}
        assert not holds(stored.proof, shape, values), name
