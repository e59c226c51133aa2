"""Several processes verify what one does: the same is found, in the same order."""

import os
from collections.abc import Iterator
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import chain, drift, parts, sealing, verifying
from audit.tests.make import PAST, Sample, make
from audit.trail import trail_of
from crm.base.trail import append_only
from crm.base.trail.fence import unaudited

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

NOW = Sample._meta.db_table


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trail of many parts, though it is small."""
    monkeypatch.setattr(sealing, "BATCH", 3)
    monkeypatch.setattr(parts, "AT_ONCE", 4)
    monkeypatch.setattr(drift, "BATCH", 2)
    for number in range(12):
        make(name=f"C{number}", city="Lima").archive()
    sealing.seal()
    make(name="Late", city="Lima")


@pytest.fixture
def tampered(many: None) -> Iterator[None]:
    """Cities are changed past the history, here and there, and afterwards are what they were."""
    first = Sample.history.earliest("history_id").history_id
    write("Roma", first)
    yield
    write("Lima", first)


def write(city: str, first: int) -> None:
    append_only.lift()
    with unaudited("somebody tampers"), connection.cursor() as cursor:
        for nth in (20, 3, 4, 24):
            statement = f"UPDATE {PAST} SET city = %s WHERE history_id = %s"  # noqa: S608
            cursor.execute(statement, [city, first + nth])
        cursor.execute(f"UPDATE {NOW} SET city = %s WHERE name IN ('C0', 'C9')", [city])  # noqa: S608
    append_only.install()


def found(processes: int) -> list[str]:
    return [str(fault) for fault in verifying.faults(processes=processes)]


def test_a_whole_trail_is_whole(many: None) -> None:
    assert found(2) == []


def test_the_same_is_found_in_the_same_order(tampered: None) -> None:
    alone = found(1)
    assert len(alone) > 6
    assert found(2) == found(5) == alone


def test_the_command_tells_the_same(tampered: None) -> None:
    told = set()
    for processes in ("1", "3"):
        out = StringIO()
        with pytest.raises(CommandError, match="The audit trail is not whole"):
            call_command("audit", "verify", "--processes", processes, stdout=out)
        told.add(out.getvalue().rpartition("Last sealed")[0])
    assert len(told) == 1
    assert all(told)


def test_who_has_heard_enough_need_not_wait(tampered: None) -> None:
    faults = verifying.faults(processes=2)
    assert next(faults)
    faults.close()
    assert found(2) == found(1)


def test_a_process_that_dies_is_no_success(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "broken_links", partial(os._exit, 0))
    with pytest.raises(CommandError, match="A process ended"):
        call_command("audit", "verify", "--processes", "2")


def test_small_seals_are_looked_at_together(many: None) -> None:
    trail = trail_of(PAST)
    groups = [(first, last) for first, last, _entries in parts._groups(trail)]
    assert groups == [(number, number) for number in range(1, 9)]  # of three entries each


@pytest.mark.parametrize("processes", ["0", "-1", "two", "²"])
def test_there_is_no_such_number_of_processes(processes: str) -> None:
    with pytest.raises(CommandError, match="Give a number from 1 on"):
        call_command("audit", "verify", f"--processes={processes}")


def test_a_small_trail_is_verified_by_one(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verifying.fitting() == 1
    monkeypatch.setattr(verifying, "FEW", 5)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert verifying.fitting() == 3
