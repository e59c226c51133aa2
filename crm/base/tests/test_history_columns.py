"""What an entry says was done, whatever way the record was written."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps as real_apps
from django.db.models import Value
from django.utils import timezone

from crm.base.tests.sample import Sample, history_of, make
from crm.base.trail import append_only
from crm.base.trail.history_filling import fill_history

pytestmark = pytest.mark.django_db


def told(record: Any) -> list[tuple[str, list[str]]]:
    return [(row.action, row.changed) for row in history_of(record)]


def save(record: Any) -> None:
    record.city, record.email = "Lima", "ana@example.org"
    record.save()


def change_in_bulk(record: Any) -> None:
    first = Sample.objects.get(pk=record.pk)
    first.city, first.updated_at = "Lima", timezone.now()
    second = copy.copy(first)
    second.email, second.updated_at = "ana@example.org", timezone.now() + timedelta(seconds=1)
    Sample.objects.audited_bulk_change([[first, second]])


WAYS: dict[str, tuple[Callable[[Any], Any], list[tuple[str, list[str]]]]] = {
    "save": (save, [("update", ["email", "city"])]),
    "archive": (lambda record: record.archive(), [("archive", ["archived_at"])]),
    "delete": (lambda record: record.delete(), [("delete", [])]),
    "audited_update": (
        lambda _: Sample.objects.all().audited_update(city=Value("Lima"), name="Ana"),
        [("update", ["city"])],
    ),
    "archive many": (
        lambda _: Sample.objects.all().audited_update(archived_at=timezone.now()),
        [("archive", ["archived_at"])],
    ),
    "an update of nothing": (lambda _: Sample.objects.all().audited_update(name="Ana"), []),
    "audited_bulk_change": (change_in_bulk, [("update", ["city"]), ("update", ["email"])]),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_entry_tells_what_was_done_and_to_which_fields(way: str) -> None:
    record = make(name="Ana", city="Caracas")
    kept = copy.copy(record)
    write, expected = WAYS[way]
    write(record)
    assert told(kept) == [("create", []), *expected]


def test_restoring_is_told_apart() -> None:
    record = make()
    record.archive()
    record.restore()
    assert told(record)[-1] == ("restore", ["archived_at"])


def test_every_version_of_a_replayed_past_is_compared_with_the_one_before() -> None:
    first = Sample(name="Ana", city="Lima", created_at=timezone.now() - timedelta(days=3))
    second = copy.copy(first)
    second.city, second.updated_at = "Coro", timezone.now()
    [ana] = Sample.objects.audited_replay([[first, second]])
    assert told(ana) == [("create", []), ("update", ["city"])]


def test_entries_are_found_by_what_they_changed() -> None:
    ana, berta = make(name="Ana"), make(name="Berta")
    ana.city = berta.name = "Lima"
    ana.save()
    berta.save()
    found = Sample.history.filter(changed__names="city")
    assert [row.id for row in found] == [ana.pk]
    assert not Sample.history.filter(changed__names="cit").exists()


def test_the_entries_of_before_are_given_what_they_lack() -> None:
    record = make(name="Ana", city="Caracas")
    record.city = "Lima"
    record.save()
    record.archive()
    record.restore()
    record.delete()
    expected = [(row.action, row.changed) for row in Sample.history.order_by("history_id")]
    append_only.lift()  # as they are when a migration fills an older database
    Sample.history.update(action="", changed=[], proof="")
    fill_history("customers", "Customer")(real_apps, None)
    assert [(row.action, row.changed) for row in Sample.history.order_by("history_id")] == expected
