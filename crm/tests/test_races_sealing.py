"""Sealing while others write: what commits late is sealed later, and sealing waits for nobody."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from audit import anchors, sealing, verifying
from audit.models import Seal
from audit.trail import Trail, trail_of
from crm.base.storing.locks import wait_for_turn
from crm.tests.races import meeting_point, race
from customers.models import Customer

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

PAST = Customer.history.model._meta.db_table


@pytest.fixture(autouse=True)
def file(settings: Any, tmp_path: Any) -> None:
    settings.AUDIT_ANCHORS = tmp_path / "anchors.jsonl"


def create_slowly(numbered: Any, sealed: Any) -> None:
    with transaction.atomic():
        Customer.objects.create(name="Late")
        numbered.wait()
        sealed.wait()


def create_and_seal(numbered: Any, sealed: Any) -> int:
    numbered.wait()
    Customer.objects.create(name="Early")
    count = sealing.seal()
    sealed.wait()
    return count


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_late_commit_is_sealed_later() -> None:
    meetings = meeting_point(2), meeting_point(2)
    assert race(partial(create_slowly, *meetings), partial(create_and_seal, *meetings)) == [None, 1]
    assert sealing.seal() == 1
    assert list(verifying.faults()) == []
    seals = Seal.objects.filter(table=PAST).order_by("number")
    first, second = (int(one.ranges) for one in seals)
    # Whoever seals only what is newer than the last seal would never seal it.
    assert second < first
    assert Customer.history.get(history_id=second).name == "Late"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_sealing_what_is_newer_than_the_last_seal_would_skip_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def newer(trail: Trail, since: Any) -> list[Any]:
        last = Seal.objects.filter(table=trail.table).aggregate(last=Max("last_id"))["last"] or 0
        entries = trail.entries.filter(**{f"{trail.key}__gt": last})
        return list(entries.values_list(trail.key, trail.record, "proof"))

    meetings = meeting_point(2), meeting_point(2)
    with monkeypatch.context() as careless:
        careless.setattr(sealing, "unsealed", newer)
        slow, quick = partial(create_slowly, *meetings), partial(create_and_seal, *meetings)
        assert race(slow, quick) == [None, 1]
        assert sealing.seal() == 0
    assert sealing.seal() == 1


def test_of_parallel_sealers_each_entry_is_sealed_once(settings: Any) -> None:
    for name in "ABC":
        Customer.objects.create(name=name)
    assert sum(race(*[sealing.seal] * 4)) == 3
    race(*[anchors.anchor] * 4)
    assert list(verifying.faults()) == []
    with settings.AUDIT_ANCHORS.open() as lines:
        assert len(lines.readlines()) == Seal.objects.count() == 1


SEALERS = 4
LONG_AGO = timezone.now() - timedelta(days=1)


def seal_what_was_read_before(everybody_has_read: Any) -> int:
    """Take a turn for writing alone."""
    rows = sorted(sealing.unsealed(trail_of(PAST), LONG_AGO))
    everybody_has_read.wait()
    with transaction.atomic():
        wait_for_turn("audit seal")
        sealing._link(trail_of(PAST), rows).save(force_insert=True)
    return len(rows)


def link_to_what_was_read_before(everybody_has_read: Any) -> bool:
    """Take no turn at all; return whether the link was taken."""
    made = sealing._link(trail_of(PAST), sorted(sealing.unsealed(trail_of(PAST), LONG_AGO)))
    everybody_has_read.wait()
    try:
        made.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def test_reading_before_ones_turn_would_seal_entries_again() -> None:
    for name in "ABC":
        Customer.objects.create(name=name)
    careless = partial(seal_what_was_read_before, meeting_point(SEALERS))
    assert sum(race(*[careless] * SEALERS)) == 3 * SEALERS
    assert set(Seal.objects.values_list("count", "ranges")) == {(3, Seal.objects.all()[0].ranges)}
    assert Seal.objects.count() == SEALERS


def test_without_turns_the_database_still_lets_no_chain_fork() -> None:
    Customer.objects.create(name="A")
    careless = partial(link_to_what_was_read_before, meeting_point(SEALERS))
    assert Counter(race(*[careless] * SEALERS)) == {True: 1, False: SEALERS - 1}
    assert sealing.seal() == 0
    assert list(verifying.faults()) == []
