"""``manage.py audit``, and the export that can be checked."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from audit import exporting, verifying
from audit.tests.make import PAST, entries, make, only_read, run, superuser
from crm.base.models import SecurityEvent
from crm.base.trail import append_only

Change = Callable[[Path], Any]


@pytest.fixture(autouse=True)
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others see nothing uncommitted; how many fit is told by sequences, which only grow."""
    monkeypatch.setattr(verifying, "FEW", sys.maxsize)


def audit(*arguments: str) -> str:
    out = StringIO()
    call_command("audit", *arguments, stdout=out)
    return out.getvalue()


def audit_fails() -> str:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", stdout=out)
    return out.getvalue()


def test_it_verifies_with_and_without_anchors(ana: Any, file: Path) -> None:
    told = audit("verify", "--anchors", str(file)).splitlines()
    assert told[0] == "The audit trail is whole. Seals: 2."
    assert len(told) == 2
    assert "nobody knows whether its end was cut off" in audit("verify")


def test_its_last_line_tells_of_the_time_before(ana: Any, file: Path) -> None:
    assert audit("verify").endswith("verified before: never\n")
    assert audit("verify").endswith(", whole\n")
    details = SecurityEvent.objects.filter(kind="trail_verified").values_list("details", flat=True)
    assert list(details) == [{"faults": 0, "anchors": False}] * 2
    assert audit("verify", "--anchors", str(file)).splitlines()[-1].startswith("Last sealed: ")
    assert SecurityEvent.objects.latest("id").details == {"faults": 0, "anchors": True}


def test_a_trail_without_seals_was_never_sealed(db: None) -> None:
    assert audit("verify").endswith("Last sealed: never – verified before: never\n")


def test_a_replica_is_verified_though_it_takes_no_note(ana: Any) -> None:
    with only_read():
        told = audit("verify")
    assert told.startswith("The audit trail is whole.")
    assert "could not be noted: " in told
    assert not SecurityEvent.objects.exists()


@pytest.mark.parametrize("task", ["seal", "verify"])
def test_an_older_schema_is_told_plainly(task: str, db: None) -> None:
    recorder = MigrationRecorder(connection)
    [newest] = MigrationLoader(None).graph.leaf_nodes("audit")
    recorder.record_unapplied(*newest)
    with pytest.raises(CommandError, match="Migrations are to be applied") as refused:
        audit(task)
    assert refused.value.returncode == 2
    recorder.record_applied(*newest)


def test_an_empty_database_is_told_plainly(tmp_path: Path) -> None:
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/new.sqlite3"}
    environment |= {"DEBUG": "true", "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "audit", "verify"]
    told = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1] == "CommandError: Migrations are to be applied."
    assert "Traceback" not in told.stderr


def test_it_names_the_first_bad_entry_and_fails(ana: Any) -> None:
    number = entries(ana)[1]
    out = StringIO()
    with superuser() as cursor:
        run(cursor, "UPDATE {past} SET city = 'Roma' WHERE history_id = %s", number)
        append_only.install()
        with pytest.raises(CommandError, match="The audit trail is not whole"):
            call_command("audit", "verify", stdout=out)
        assert SecurityEvent.objects.latest("id").details["faults"] == 1
        assert audit_fails().endswith(", not whole\n")
    first = out.getvalue().splitlines()[0]
    assert first.startswith(f"{PAST}, record {ana.pk}, entry {number}: a value was changed")


def test_anchors_that_are_no_anchors_are_an_error(ana: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        audit("verify", "--anchors", str(tmp_path / "none"))
    for text in (b"hello\n", b"[1]\n", b'{"number": "x", "mac": ""}\n', b"\xff\xd0\n"):
        (tmp_path / "text").write_bytes(text)
        with pytest.raises(CommandError, match="no anchors"):
            audit("verify", "--anchors", str(tmp_path / "text"))


def test_files_that_cannot_be_written_or_read_are_an_error(
    ana: Any, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(CommandError, match="File exists"):
        audit("export", str(tmp_path / "there"))
    with pytest.raises(CommandError, match="No such file"):
        audit("check-export", str(tmp_path / "none"))
    settings.AUDIT_ANCHORS = tmp_path
    with pytest.raises(CommandError, match="Is a directory"):
        audit("seal")
    settings.AUDIT_ANCHORS = tmp_path / "there"
    settings.AUDIT_ANCHORS.write_text("[1]\n")
    with pytest.raises(CommandError, match="no anchors"):
        audit("seal")


def test_it_seals_and_anchors(db: None, file: Path) -> None:
    make(name="Ana")
    assert audit("seal") == "Entries sealed: 1.\n"
    file.write_text(file.read_text().replace('"mac": "', '"mac": "0'))
    make(name="Berta")
    with pytest.raises(CommandError, match="ends with seal 1, which is not in the database"):
        audit("seal")


def test_an_export_holds_every_entry_and_is_an_event(ana: Any, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    assert audit("export", str(file)) == "Entries exported: 7.\n"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert {line["table"] for line in lines} == {PAST}
    assert [line["city"] for line in lines if line["id"] == ana.pk][:2] == ["Caracas", "Lima"]
    assert SecurityEvent.objects.get(kind="exported").details["entries"] == 7
    assert audit("check-export", str(file)) == "The export is as it was made.\n"
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    with pytest.raises(CommandError, match="File exists"):
        audit("export", str(file))  # it would overwrite the manifest


def test_an_export_that_fails_leaves_no_half_file(
    ana: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> Iterator[bytes]:
        yield b"{}\n"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exporting, "_lines", fail)
    folder = tmp_path / "exports"
    folder.mkdir()
    with pytest.raises(CommandError, match="No space left"):
        audit("export", str(folder / "export"))
    assert list(folder.iterdir()) == []
    assert not SecurityEvent.objects.filter(kind="exported").exists()


def test_an_export_is_of_a_time(ana: Any, tmp_path: Path) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%d")
    assert "exported: 0." in audit("export", "--from", tomorrow, str(tmp_path / "later"))
    until = audit("export", "--to", tomorrow, str(tmp_path / "until"))
    assert "exported: 8." in until  # with the event of the first export


def replace(name: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        file = folder / name
        file.write_text(file.read_text().replace(old, new, 1))

    return change


CHANGES: dict[str, tuple[Change, str]] = {
    "a value": (replace("export", "Caracas", "Maracay"), "The file is not the one"),
    "the manifest": (replace("export.manifest.json", '"entries": 7', '"entries": 6'), "manifest"),
    "no manifest": (lambda folder: (folder / "export.manifest.json").write_text("[]"), "manifest"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_export_is_found_out(change: str, ana: Any, tmp_path: Path) -> None:
    audit("export", str(tmp_path / "export"))
    spoil, words = CHANGES[change]
    spoil(tmp_path)
    with pytest.raises(CommandError, match=words):
        audit("check-export", str(tmp_path / "export"))


@pytest.mark.parametrize("key", ["a" * 48, "{SECRET_KEY}"])
def test_a_weak_key_is_refused_at_deployment(key: str, settings: Any) -> None:
    settings.AUDIT_KEYS = {"1": key.format(SECRET_KEY=settings.SECRET_KEY).encode()}
    assert "audit.E001" in {error.id for error in run_checks(include_deployment_checks=True)}
