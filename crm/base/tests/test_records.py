"""The rules of saving: one version, one history row, all of it or nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.base.context import acting
from crm.base.errors import Conflict, NeedsConfirmation, StaleRecord
from crm.base.registry import archive_guards, archived
from crm.base.tests.faults import history_that_fails
from crm.base.tests.sample import Sample, history_of, make

pytestmark = pytest.mark.django_db


def writes(captured: CaptureQueriesContext) -> list[str]:
    kinds = [query["sql"].split()[0] for query in captured.captured_queries]
    return [kind for kind in kinds if kind in ("INSERT", "UPDATE", "DELETE")]


def test_a_new_record_is_version_one_with_its_history() -> None:
    record = make(name="Ana")
    (row,) = history_of(record)
    assert (record.version, row.version, row.history_type) == (1, 1, "+")
    assert (row.name, row.id, row.history_date) == ("Ana", record.pk, record.updated_at)
    assert record.created_at == record.updated_at


def test_a_new_record_tells_who_made_it(alice: Any) -> None:
    with acting(actor=alice, source="import", request_id="request-1", reason="moved"):
        record = make()
    assert record.created_by == record.modified_by == alice
    (row,) = history_of(record)
    assert (row.actor_name, row.actor_role, row.history_user_id) == ("alice", "admin", alice.pk)
    assert (row.source, row.request_id) == ("import", "request-1")
    assert row.history_change_reason == "moved"


def test_without_an_actor_it_was_the_system() -> None:
    record = make()
    assert record.created_by is None
    (row,) = history_of(record)
    assert (row.actor_name, row.actor_role, row.history_user_id) == ("system", "system", None)


def test_a_change_counts_the_version_and_leaves_history(alice: Any, maria: Any) -> None:
    with acting(actor=alice):
        record = make(name="Ana")
    with acting(actor=maria):
        record.name = "Berta"
        record.save()
    record.refresh_from_db()
    assert (record.version, record.created_by, record.modified_by) == (2, alice, maria)
    assert record.updated_at > record.created_at
    assert [(row.history_type, row.name) for row in history_of(record)] == [
        ("+", "Ana"),
        ("~", "Berta"),
    ]


def test_saving_what_has_not_changed_writes_nothing() -> None:
    record = Sample.objects.get(pk=make(name="Ana").pk)
    record.name = "  Ana "  # the same, once it is in the form that is stored
    with CaptureQueriesContext(connection) as captured:
        record.save()
    assert writes(captured) == []
    assert record.version == 1


def test_it_knows_what_changed() -> None:
    record = Sample.objects.get(pk=make(name="Ana").pk)
    assert record.changed_fields() == []
    record.city, record.name = "Mérida", "Ana"
    assert record.changed_fields() == ["city"]
    record.save()
    assert record.changed_fields() == []


def test_what_was_not_loaded_is_not_taken_for_changed() -> None:
    pk = make(name="Ana", city="Mérida").pk
    record = Sample.objects.defer("city").get(pk=pk)
    assert record.changed_fields() == []
    record.name = "Berta"
    record.save()
    assert Sample.objects.get(pk=pk).city == "Mérida"


def test_reading_again_forgets_the_change() -> None:
    record = make(name="Ana")
    record.name = "Berta"
    record.refresh_from_db()
    assert record.changed_fields() == []


def test_the_slower_of_two_is_told_and_overwrites_nothing() -> None:
    pk = make(name="Ana").pk
    faster, slower = Sample.objects.get(pk=pk), Sample.objects.get(pk=pk)
    faster.name = "Berta"
    faster.save()
    slower.city = "Mérida"
    with pytest.raises(StaleRecord), transaction.atomic():
        slower.save()
    stored = Sample.objects.get(pk=pk)
    assert (stored.name, stored.city, stored.version) == ("Berta", "", 2)
    assert len(history_of(stored)) == 2


def test_update_fields_cannot_leave_out_the_version() -> None:
    record = make(name="Ana")
    record.name, record.city = "Berta", "Mérida"
    record.save(update_fields=["name"])
    stored = Sample.objects.get(pk=record.pk)
    assert (stored.name, stored.city, stored.version) == ("Berta", "Mérida", 2)


def test_saving_normalises_and_validates() -> None:
    record = make(name="  Ana\t María ", email="ANA@Example.ORG", external_id="")
    assert (record.name, record.email) == ("Ana María", "ana@example.org")
    assert record.external_id is None  # so that it is not taken for anybody
    record.age = 151
    with pytest.raises(ValidationError) as caught:
        record.save()
    assert set(caught.value.error_dict) == {"age"}
    assert Sample.objects.get(pk=record.pk).version == 1


def test_no_row_survives_a_history_that_failed() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), history_that_fails(Sample):
        make(name="Ana")
    assert not Sample.objects.filter(name="Ana").exists()


def test_no_change_survives_a_history_that_failed() -> None:
    record = make(name="Ana")
    record.name = "Berta"
    with pytest.raises(DatabaseError), transaction.atomic(), history_that_fails(Sample):
        record.save()
    stored = Sample.objects.get(pk=record.pk)
    assert (stored.name, stored.version) == ("Ana", 1)
    assert len(history_of(stored)) == 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_row_and_history_are_still_one() -> None:
    with pytest.raises(DatabaseError), history_that_fails(Sample):
        make(name="Ana")
    assert not Sample.objects.exists()
    assert not Sample.history.exists()


def test_archiving_hides_it_and_restoring_brings_it_back() -> None:
    record = make()
    record.archive()
    assert not Sample.objects.live().exists()
    assert record.archived_at - timezone.now() < timedelta(seconds=1)
    record.restore()
    assert Sample.objects.live().get() == record
    assert [row.version for row in history_of(record)] == [1, 2, 3]


def test_archiving_twice_is_once() -> None:
    record = make()
    record.archive()
    record.archive()
    assert record.version == 2


def test_what_is_archived_cannot_be_changed_or_restored_twice() -> None:
    record = make()
    with pytest.raises(Conflict) as caught:
        record.restore()
    assert caught.value.code == "not_archived"
    record.archive()
    record.name = "Berta"
    with pytest.raises(Conflict) as caught, transaction.atomic():
        record.save()
    assert caught.value.code == "archived"


def test_a_reason_against_archiving_needs_a_confirmation() -> None:
    record = make()
    told: list[Any] = []

    def open_work(asked: Any) -> str | None:
        return "It has open work." if asked.pk == record.pk else None

    archive_guards.add(Sample, open_work)
    archived.add(Sample, told.append)
    try:
        with pytest.raises(NeedsConfirmation) as caught:
            record.archive()
        assert caught.value.extra == {"reasons": ["It has open work."]}
        assert (told, record.archived_at) == ([], None)
        record.archive(confirmed=True)
    finally:
        archive_guards.remove(Sample, open_work)
        archived.remove(Sample, told.append)
    assert told == [record]


def test_the_search_text_follows_what_it_is_made_of() -> None:
    record = make(name="Ángela", city="Mérida")
    assert record.search_text == " angela merida"
    record.city = ""
    record.save()
    assert Sample.objects.get(pk=record.pk).search_text == " angela"
