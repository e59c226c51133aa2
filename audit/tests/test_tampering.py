"""Whoever edits the trail past the application, as the database's superuser, is found out."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from audit import sealing, verifying
from audit.models import Seal
from audit.shapes import shapes
from audit.tests.make import (
    PAST,
    Sample,
    entries,
    found,
    make,
    only_read,
    run,
    seal,
    superuser,
)
from audit.trail import trails
from crm.base.trail import append_only
from crm.base.trail.proof import prove, without
from crm.base.trail.shapes import shape_of

HISTORY: Any = Sample.history.model
COLUMNS = ", ".join(
    field.column for field in HISTORY._meta.concrete_fields if not field.primary_key
)

# The triggers of a table, and how one of them is dropped.
TRIGGERS, DROP = {
    "sqlite": (["delete", "insert", "update"], 'DROP TRIGGER "{name}"'),
    "postgresql": (["rows", "truncate"], 'DROP TRIGGER "{name}" ON "{table}"'),
}[connection.vendor]


def edit(cursor: Any, ana: Any, number: int) -> None:
    run(cursor, "UPDATE {past} SET city = 'Roma' WHERE history_id = %s", number)


def edit_the_actor(cursor: Any, ana: Any, number: int) -> None:
    run(cursor, "UPDATE {past} SET actor_name = 'mallory' WHERE history_id = %s", number)


def back_date(cursor: Any, ana: Any, number: int) -> None:
    run(cursor, "UPDATE {past} SET history_date = '2020-01-01' WHERE history_id = %s", number)


def delete(cursor: Any, ana: Any, number: int) -> None:
    run(cursor, "DELETE FROM {past} WHERE history_id = %s", number)


def swap(cursor: Any, ana: Any, number: int) -> None:
    other = Sample.history.exclude(id=ana.pk).earliest("history_id").history_id
    for old, new in ((number, -1), (other, number), (-1, other)):
        run(cursor, "UPDATE {past} SET history_id = %s WHERE history_id = %s", new, old)


def give_to_another(cursor: Any, ana: Any, number: int) -> None:
    run(cursor, "UPDATE {past} SET id = id + 100 WHERE history_id = %s", number)


def unprove(cursor: Any, ana: Any, number: int) -> None:
    run(cursor, "UPDATE {past} SET proof = '' WHERE history_id = %s", number)


def erase_without_the_key(cursor: Any, ana: Any, number: int) -> None:
    row = Sample.history.get(history_id=number)
    proof = without(row.proof, shape_of(HISTORY), row.__dict__, ["city"])
    forged = proof[:-60] + ("1" if proof[-60] == "0" else "0") + proof[-59:]
    row.city = ""
    run(cursor, "UPDATE {past} SET city = '', proof = %s WHERE history_id = %s", forged, number)


def write_what_is_no_proof(cursor: Any, ana: Any, number: int) -> None:
    row = Sample.history.get(history_id=number)
    forged = f"{row.proof.rpartition('.')[0]}.ñ"
    run(cursor, "UPDATE {past} SET proof = %s WHERE history_id = %s", forged, number)


EDITS: dict[str, tuple[Callable[[Any, Any, int], None], str]] = {
    "edit a cell": (edit, "a value was changed"),
    "edit the actor": (edit_the_actor, "a value was changed"),
    "back-date": (back_date, "a value was changed"),
    "delete": (delete, "it was deleted"),
    "swap two": (swap, "it is not the entry that was sealed"),
    "give to another record": (give_to_another, "it is not the entry that was sealed"),
    "take the proof": (unprove, "it has no proof"),
    "write what is no proof": (write_what_is_no_proof, "a value was changed"),
    "erase without the key": (erase_without_the_key, "a value was changed"),
}


def test_a_trail_that_nobody_touched_is_whole(ana: Any, file: Path) -> None:
    assert found(file) == []


@pytest.mark.parametrize("way", EDITS)
def test_an_edit_of_an_entry_is_found_and_named(way: str, ana: Any) -> None:
    tamper, words = EDITS[way]
    first = entries(ana)[0]
    with superuser() as cursor:
        tamper(cursor, ana, first)
        faults = found()
    assert faults[0].startswith(PAST)
    assert f"entry {first}: " in faults[0]
    assert words in faults[0]


def test_an_entry_that_nothing_seals_yet_is_proven_too(ana: Any) -> None:
    ana.city = "Lima"
    ana.save()
    with superuser() as cursor:
        edit(cursor, ana, entries(ana)[-1])
        assert "a value was changed" in found()[0]


FORGED = "INSERT INTO {past} (history_id, " + COLUMNS + ") SELECT history_id + 1000, " + COLUMNS


@pytest.mark.parametrize("nth", [0, -1])
def test_a_copied_entry_is_found(nth: int, ana: Any) -> None:
    with superuser() as cursor:
        run(cursor, FORGED + " FROM {past} WHERE history_id = %s", entries(ana)[nth])
        assert any("copy" in fault for fault in found())


def test_an_entry_written_with_another_key_is_found(ana: Any, settings: Any) -> None:
    ours = settings.AUDIT_KEYS
    settings.AUDIT_KEYS = {"1": b"another key, but as long as ours is"}
    with transaction.atomic():
        make(name="Mallory")
        settings.AUDIT_KEYS = ours
        assert "without our key" in found()[0]
        transaction.set_rollback(True)


def test_what_is_slipped_into_a_gap_is_found(ana: Any) -> None:
    with superuser() as cursor:
        number = entries(ana)[1]
        run(cursor, "DELETE FROM {past} WHERE history_id = %s", number)
        Seal.objects.all().delete()
        sealing.seal()
        forged = FORGED.replace("history_id + 1000", str(number))
        run(cursor, forged + " FROM {past} WHERE history_id = %s", entries(ana)[0])
        edit(cursor, ana, number)
        assert f"entry {number}: a value was changed" in found()[0]


@pytest.mark.parametrize("number", [-5, 2**63 - 1])
def test_an_entry_under_a_number_that_nobody_gives_is_found(number: int, ana: Any) -> None:
    with superuser() as cursor:
        renumber = "UPDATE {past} SET history_id = %s, city = 'Roma' WHERE history_id = %s"
        run(cursor, renumber, number, entries(ana)[0])
        assert f"entry {number}: a value was changed" in "\n".join(found())


def test_a_record_with_an_endless_number_ends_the_search(ana: Any) -> None:
    with superuser() as cursor:
        run(cursor, "UPDATE {past} SET id = %s WHERE id = %s", 2**62, ana.pk)
        faults = found()
    assert f"{PAST}, record {ana.pk}: it has no history" in faults
    assert any(f"record {2**62}" in fault and "is gone" in fault for fault in faults)


def test_who_may_only_read_can_verify(ana: Any, file: Path) -> None:
    with only_read():
        assert found(file) == []


def test_a_cut_tail_is_found_by_the_anchors(ana: Any, file: Path) -> None:
    with superuser() as cursor:
        last = Sample.objects.latest("pk")
        run(cursor, "DELETE FROM {past} WHERE id = %s", last.pk)
        run(cursor, f"DELETE FROM {Sample._meta.db_table} WHERE id = %s", last.pk)  # noqa: S608
        Seal.objects.filter(table=PAST).latest("number").delete()
        assert found(file)[0].startswith("seal 2 is anchored and gone")


def test_an_old_backup_is_found_by_the_anchors(ana: Any, file: Path) -> None:
    with transaction.atomic():
        make(name="Dora")
        seal()
        transaction.set_rollback(True)
    assert found() == []
    assert found(file)[0].startswith("seal 3 is anchored and gone")


def test_a_trail_rewritten_without_the_key_is_found(
    ana: Any, file: Path, settings: Any, tmp_path: Path
) -> None:
    ours, kept = settings.AUDIT_KEYS, tmp_path / "kept"
    shutil.copy(file, kept)
    with superuser():
        settings.AUDIT_KEYS = {"1": b"another key, but as long as ours is"}
        for row in Sample.history.all():
            row.city = "Roma"
            row.proof = prove(shape_of(HISTORY), row.__dict__)
            row.save()
        Seal.objects.all().delete()
        file.unlink()
        seal()
        settings.AUDIT_KEYS = ours
        faults = found(kept)
    assert "seal 1 was changed, or made without our key" in faults
    assert "seal 1 is not the one that was anchored" in faults
    assert any("a value was changed, or it was written without our key" in one for one in faults)


SEALS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "delete the first": (lambda one: one.delete(), "seal 1 is missing"),
    "edit": (lambda one: Seal.objects.update(count=9), "seal 1 was changed"),
    "make it anew": (
        lambda one: Seal.objects.filter(pk=1).update(ranges="1", mac="0" * 64),
        "seal 1 was changed",
    ),
}


@pytest.mark.parametrize("way", SEALS)
def test_an_edit_of_a_seal_is_found(way: str, ana: Any) -> None:
    tamper, words = SEALS[way]
    with superuser():
        tamper(Seal.objects.earliest("number"))
        assert found()[0].startswith(words)


@pytest.mark.parametrize("kind", TRIGGERS)
def test_a_dropped_trigger_is_found(kind: str, ana: Any) -> None:
    missing = f"{PAST}: the triggers that refuse changes are missing"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DROP.format(name=f"{PAST}_append_only_{kind}", table=PAST))
        assert [str(fault) for fault in verifying.faults()] == [missing]
        append_only.install()
        assert list(verifying.faults()) == []


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite switches no trigger off")
def test_a_trigger_that_is_switched_off_is_found(ana: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {PAST} DISABLE TRIGGER USER")
        assert [fault.table for fault in verifying.faults()] == [PAST]
        transaction.set_rollback(True)


def test_a_record_changed_past_its_history_is_found(ana: Any) -> None:
    with superuser() as cursor:
        run(cursor, f"UPDATE {Sample._meta.db_table} SET city = 'Roma' WHERE id = %s", ana.pk)  # noqa: S608
        [fault] = found()
    assert f"record {ana.pk}, entry {entries(ana)[-1]}: city of the record is not" in fault


def test_every_table_with_entries_is_verified() -> None:
    tables = {trail.table for trail in trails()}
    assert {one.table for one in shapes().values()} == tables
    assert "base_securityevent" in tables


def test_what_cannot_be_read_hides_nothing_else(ana: Any) -> None:
    number = entries(ana)[0]
    # SQLite keeps any text as a date, PostgreSQL a date that Python has not.
    never = "2026-13-45 00:00:00" if connection.vendor == "sqlite" else "infinity"
    with superuser() as cursor:
        run(cursor, "UPDATE {past} SET history_date = %s WHERE history_id = %s", never, number)
        cursor.execute("UPDATE audit_seal SET mac = 'ñ' WHERE number = 2")
        cursor.execute("UPDATE customers_customer SET city = 'Roma' WHERE id = %s", [ana.pk])
        faults = found()
    assert "seal 2 was changed" in faults[0]
    assert f"{PAST}, entry {number}: it cannot be read" in faults[1]
    assert "city of the record is not what its newest entry says" in faults[2]
