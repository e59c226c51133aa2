"""Sealing while others write: what commits late is sealed later, and sealing waits for nobody."""

from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from audit import anchors, sealing, verifying
from audit.models import Seal
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


def test_of_parallel_sealers_each_entry_is_sealed_once(settings: Any) -> None:
    for name in "ABC":
        Customer.objects.create(name=name)
    assert sum(race(*[sealing.seal] * 4)) == 3
    race(*[anchors.anchor] * 4)
    assert list(verifying.faults()) == []
    with settings.AUDIT_ANCHORS.open() as lines:
        assert len(lines.readlines()) == Seal.objects.count() == 1
