"""manage.py export: a whole file or none, of what the API's list would answer."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import User
from crm.base import tables
from crm.base.models import SecurityEvent
from crm.base.storing import chunks
from crm.management.commands import export
from crm.tests.exports import records_of
from customers.tests.make import make_customer
from leads.tests.unseen import make_unseen

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "customers.csv"


def take(path: Path, *options: str, of: str = "customers") -> list[dict[str, Any]]:
    call_command("export", of, f"--output={path}", *options)
    return records_of(path.read_bytes())


def refused(*options: str, of: str = "customers") -> str:
    with pytest.raises(CommandError) as error:
        call_command("export", of, *options)
    return str(error.value)


def test_it_takes_what_the_filters_leave(path: Path) -> None:
    for name, city in (("Ana", "Lima"), ("Ana Li", "Lima"), ("Ana", "Quito"), ("Eva", "Lima")):
        make_customer(name=name, city=city)
    filters = [f"--filter={one}" for one in ("search=ana", "city=lima", "ordering=-name")]
    assert [row["name"] for row in take(path, *filters)] == ["Ana Li", "Ana"]
    details = SecurityEvent.objects.get(kind="exported").details
    assert details["filters"] == {"search": "ana", "city": "lima", "ordering": "-name"}


def test_it_takes_the_past(path: Path) -> None:
    customer = make_customer(name="Ana")
    then = customer.updated_at.isoformat()
    customer.name = "Eva"
    customer.save()
    assert [row["name"] for row in take(path, f"--filter=as_of={then}")] == ["Ana"]


def test_it_takes_everything_unless_told_whose(path: Path, sam: User, sue: User) -> None:
    make_unseen(sue)
    assert len(take(path, of="leads")) == 1
    assert take(path, f"--visible-to={sam}", "--overwrite", of="leads") == []


def test_it_replaces_a_file_only_when_told(path: Path) -> None:
    path.write_text("old")
    assert "--overwrite" in refused(f"--output={path}")
    assert path.read_text() == "old"
    assert take(path, "--overwrite") == []
    assert SecurityEvent.objects.filter(kind="exported").count() == 1


def test_it_replaces_no_device_and_writes_where_a_link_leads(path: Path) -> None:
    os.mkfifo(path)
    assert "This is no file" in refused(f"--output={path}", "--overwrite")
    assert path.is_fifo()
    link, target = path.with_name("link.csv"), path.with_name("target.csv")
    target.touch()
    link.symlink_to(target)
    take(link, "--overwrite")
    assert link.is_symlink()
    assert target.read_text()


def test_a_file_that_appears_meanwhile_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*args: Any) -> int:
        path.write_text("somebody else's")
        return tables.write(*args)

    monkeypatch.setattr(export, "write", slowly)
    assert "--overwrite" in refused(f"--output={path}")
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert path.read_text() == "somebody else's"


def test_only_its_owner_reads_it(path: Path) -> None:
    take(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_format_is_named_or_in_the_name(path: Path) -> None:
    bare = path.with_suffix("")
    assert "--format" in refused(f"--output={bare}")
    call_command("export", "customers", f"--output={bare}", "--format=xlsx")
    assert bare.read_bytes().startswith(b"PK")


REFUSALS = [
    ("--filter=city", "is no filter"),
    ("--filter=nonsense=1", "nonsense: "),
    ("--filter=client_type=nobody", "client_type: "),
    ("--filter=ordering=nothing", "ordering: "),
    ("--filter=page_size=2", "page_size: "),
    ("--filter=as_of=yesterday", "as_of: "),
    ("--visible-to=nobody", "Nobody active"),
]


@pytest.mark.parametrize(("option", "told"), REFUSALS)
def test_what_it_does_not_understand_leaves_nothing(path: Path, option: str, told: str) -> None:
    assert told in refused(f"--output={path}", option)
    assert list(path.parent.iterdir()) == []
    assert not SecurityEvent.objects.filter(kind="exported").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "No such file" in refused(f"--output={tmp_path}/nowhere/customers.csv")


def test_what_fails_on_the_way_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 1)
    make_customer()
    make_customer()

    def fail(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(chunks, "beyond", fail)
    with pytest.raises(KeyboardInterrupt):
        call_command("export", "customers", f"--output={path}")
    assert list(path.parent.iterdir()) == []


ENDING = """
import os, signal, sys
from django.core.management import call_command
import django
django.setup()
from crm.management.commands import export
def write(*_args):
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))
    raise AssertionError("it goes on")
export.write = write
call_command("export", "customers", "--output", sys.argv[2])
"""


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_who_ends_it_finds_no_half_file(migrated: Path, path: Path, name: str) -> None:
    environment = os.environ | {
        "DATABASE_URL": str(migrated),
        "DEBUG": "true",
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "DATA_DIR": str(migrated.parent),
    }
    command = [sys.executable, "-c", ENDING, name, str(path)]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, check=False, capture_output=True
    )
    number = getattr(signal, name)
    assert done.returncode in (128 + number, -number), done.stderr
    assert list(path.parent.iterdir()) == []
