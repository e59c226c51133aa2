"""Bulk writes leave history, or are refused."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.base.context import acting
from crm.base.errors import UnauditedWrite
from crm.base.storing.bulk_inserts import BATCH
from crm.base.tests.sample import Sample, history_of, make

pytestmark = pytest.mark.django_db


def test_it_refuses_every_write_past_the_history() -> None:
    record = make()
    record.name = "Berta"
    with pytest.raises(UnauditedWrite):
        Sample.objects.update(name="Berta")
    with pytest.raises(UnauditedWrite):
        Sample.objects.filter(pk=record.pk).update(name="Berta")
    with pytest.raises(UnauditedWrite):
        Sample.objects.bulk_create([Sample(name="Berta")])
    with pytest.raises(UnauditedWrite):
        Sample.objects.bulk_update([record], ["name"])
    with pytest.raises(UnauditedWrite):
        Sample.objects.bulk_create(
            [Sample(name="Berta")],
            update_conflicts=True,
            update_fields=["name"],
            unique_fields=["id"],
        )
    assert list(Sample.objects.values_list("name", "version")) == [(Sample.objects.get().name, 1)]
    assert not Sample.objects.filter(name="Berta").exists()


def test_an_audited_update_counts_versions_and_tells_who(alice: Any) -> None:
    records = [make(city="Caracas") for _ in range(3)]
    left = make(city="Mérida")
    with acting(actor=alice, source="import", request_id="request-1", reason="they moved"):
        assert Sample.objects.filter(city="Caracas").audited_update(city="Lima") == 3
    for record in records:
        record.refresh_from_db()
        assert (record.city, record.version, record.modified_by) == ("Lima", 2, alice)
        newest = history_of(record)[-1]
        assert (newest.history_type, newest.city, newest.version) == ("~", "Lima", 2)
        assert (newest.actor_name, newest.source, newest.request_id) == (
            *("alice", "import", "request-1"),
        )
        assert newest.history_change_reason == "they moved"
        assert newest.history_date == record.updated_at
    left.refresh_from_db()
    assert (left.version, len(history_of(left))) == (1, 1)


def test_an_audited_update_of_nothing_writes_nothing() -> None:
    assert Sample.objects.none().audited_update(city="Lima") == 0
    assert Sample.history.count() == 0


def test_an_audited_update_is_all_or_nothing() -> None:
    for _ in range(2):
        make()
    with pytest.raises(IntegrityError), transaction.atomic():
        Sample.objects.audited_update(email="same@example.org")
    assert set(Sample.objects.values_list("email", "version")) == {(None, 1)}
    assert Sample.history.count() == 2


def test_a_bulk_creation_prepares_validates_and_leaves_history(alice: Any) -> None:
    wanted = [Sample(name=f"  Ána {number} ", phone="0412 345 6789") for number in range(2)]
    wanted[1].phone = None
    with acting(actor=alice, source="import", request_id="request-1"):
        created = Sample.objects.audited_bulk_create(wanted)
    assert [record.name for record in created] == ["Ána 0", "Ána 1"]
    stored = Sample.objects.get(pk=created[0].pk)
    assert (stored.phone, stored.created_by, stored.version) == ("+584123456789", alice, 1)
    assert stored.search_text.startswith(" ana 0")
    (row,) = history_of(stored)
    assert (row.history_type, row.actor_name, row.request_id) == ("+", "alice", "request-1")
    assert row.history_date == stored.updated_at


def test_one_bad_record_keeps_out_all(alice: Any) -> None:
    with pytest.raises(ValidationError), transaction.atomic():
        Sample.objects.audited_bulk_create([Sample(name="Ana"), Sample(name="Berta", age=151)])
    assert not Sample.objects.exists()
    assert not Sample.history.exists()


def test_more_than_a_batch_is_written() -> None:
    number = BATCH + 1
    Sample.objects.audited_bulk_create([Sample(name=f"Ana {n}") for n in range(number)])
    assert Sample.objects.audited_update(city="Lima") == number
    assert Sample.history.filter(history_type="~", city="Lima").count() == number


def test_what_is_archived_is_not_live() -> None:
    live, gone = make(), make()
    gone.archive()
    assert list(Sample.objects.live()) == [live]
    assert Sample.objects.count() == 2


def test_an_import_tells_as_theirs_what_people_did_elsewhere(alice: Any) -> None:
    records = [Sample(name="Ana", created_by_id=alice.pk), Sample(name="Berta")]
    with acting(source="import"):
        Sample.objects.audited_bulk_create(records)
    authors = [
        (entry.history_user_id, entry.actor_name, entry.actor_role)
        for record in records
        for entry in history_of(record)
    ]
    assert authors == [(alice.pk, "alice", "admin"), (None, "system", "system")]


@pytest.mark.parametrize(("source", "name"), [("import", "sam"), ("command", "system")])
def test_anybody_else_tells_who_acts(alice: Any, sam: Any, source: str, name: str) -> None:
    record = Sample(name="Ana", created_by_id=alice.pk)
    with acting(source=source, actor=sam if name == "sam" else None):
        Sample.objects.audited_bulk_create([record])
    assert [entry.actor_name for entry in history_of(record)] == [name]
