"""Rows that are written at once are those that Django would write."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

from crm.base.storing.bulk_inserts import BATCH, copy_rows, insert_rows
from crm.base.trail.history import history_model
from crm.compat.models import ImportedRow
from crm.tests.audit_check import record_models
from crm.tests.samples import MAKERS

pytestmark = pytest.mark.django_db

# What plain columns have to bear.
HOSTILE: dict[type, Any] = {
    models.TextField: "'\"\\ \\u0041 %s {x} é 客户 🙂\u2028\n",
    models.DateTimeField: datetime(2024, 2, 29, 23, 59, 59, 1, timezone(timedelta(hours=-4))),
    models.DateField: date(2024, 2, 29),
    models.JSONField: [{"a": [1, None, True, "é'\"\\"], "b": {}}],
}


def stored(model: Any, key: int) -> dict[str, Any]:
    """Return the row without its key."""
    [row] = models.QuerySet(model).filter(pk=key).values()
    return {name: value for name, value in row.items() if name != model._meta.pk.attname}


@pytest.mark.parametrize("model", record_models(), ids=lambda model: model._meta.label)
def test_they_are_stored_alike(model: Any) -> None:
    history = history_model(model)
    fields = [field for field in history._meta.concrete_fields if not field.primary_key]
    entry = history.objects.filter(id=MAKERS[model]().pk).latest("history_id")
    plain = {field.attname: getattr(entry, field.attname) for field in fields}
    hostile = {field.attname: HOSTILE.get(type(field), plain[field.attname]) for field in fields}
    with transaction.atomic():
        ours = insert_rows(history, [plain, hostile])
        theirs = [history(**plain), history(**hostile)]
        models.QuerySet(history).bulk_create(theirs)
        for key, other in zip(ours, theirs, strict=True):
            assert stored(history, key) == stored(history, other.pk)
        transaction.set_rollback(True)  # these entries are of no record


@pytest.mark.parametrize("model", record_models(), ids=lambda model: model._meta.label)
def test_entries_say_what_is_stored(model: Any) -> None:
    history = history_model(model)
    fields = [field for field in history._meta.concrete_fields if not field.primary_key]
    entry = history.objects.filter(id=MAKERS[model]().pk).latest("history_id")
    told = {field.attname: getattr(entry, field.attname) for field in fields}
    with transaction.atomic():
        copy_rows(model, history, [told, told | {"history_change_reason": "é'"}])
        other, one = history.objects.filter(id=entry.id).order_by("-history_id")[:2]
        assert stored(history, one.pk) == stored(history, entry.pk)
        assert stored(history, other.pk) == stored(history, entry.pk) | {
            "history_change_reason": "é'"
        }
        transaction.set_rollback(True)


def test_what_is_alike_for_python_only_is_kept_apart() -> None:
    notes = [[{"a": 1}], [{"a": True}], []]
    keys = insert_rows(ImportedRow, [row(n) | {"notes": one} for n, one in enumerate(notes)])
    found = ImportedRow.objects.in_bulk(keys)
    assert [repr(found[key].notes) for key in keys] == [repr(one) for one in notes]


def test_rows_may_be_all_the_same() -> None:
    told: dict[str, Any] = {"name": "Same", "codename": "same"}
    told |= {"content_type_id": ContentType.objects.get_for_model(ImportedRow).pk}
    [key] = insert_rows(Permission, [told])
    assert stored(Permission, key) == told


def row(number: int) -> dict[str, Any]:
    told = {"service": "s", "table": "t", "key": str(number), "digest": "", "outcome": "taken"}
    return {**told, "record_id": number, "version": 1, "notes": []}


def test_the_keys_come_back_in_the_order_of_the_rows() -> None:
    keys = insert_rows(ImportedRow, [row(number) for number in range(BATCH + 2)])
    found = ImportedRow.objects.in_bulk(keys)
    assert [found[key].record_id for key in keys] == list(range(BATCH + 2))
    assert insert_rows(ImportedRow, []) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite limits what a statement has")
def test_a_batch_is_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        insert_rows(ImportedRow, [row(number) for number in range(BATCH + 1)])
