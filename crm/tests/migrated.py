"""A database migrated once for all processes of a run, and for later runs of the same code.

The first process to come keeps a copy of what its migrations made; the others copy that.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


def fingerprint() -> str:
    """Return a digest of all that a migration may depend on, which no test is."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted(settings.BASE_DIR.glob("[a-z]*/**/*.py")):
        if "tests" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Kept:
    """The copy for the test database of this process; ``folder`` is where all processes look."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "crm.sqlite3"
        self._lock = folder / "lock"

    def fill(self, migrate: Callable[[], None]) -> None:
        """Bring the empty test database to where ``migrate`` would."""
        wanted = fingerprint()
        engine: Any = {"sqlite": _File, "postgresql": _Database}[connection.vendor](self.file)
        with _alone(self._lock):
            if engine.is_of(wanted):
                connection.close()
                engine.copy()
            else:
                migrate()
                connection.close()
                engine.keep(wanted)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class _File:
    def __init__(self, file: Path) -> None:
        self._file, self._told = file, file.with_suffix(".of")

    def is_of(self, wanted: str) -> bool:
        with suppress(FileNotFoundError):
            return self._told.read_text() == wanted and self._file.exists()
        return False

    def copy(self) -> None:
        shutil.copyfile(self._file, connection.settings_dict["NAME"])

    def keep(self, wanted: str) -> None:
        self._told.unlink(missing_ok=True)
        self._file.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(self._file)])
        self._told.write_text(wanted)


class _Database:
    """A template on the server, whose comment tells of which code it is."""

    def __init__(self, file: Path) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        self._name = connection.settings_dict["NAME"]
        self._kept = f"{self._name.removesuffix(f'_{worker}')}_migrated"

    def is_of(self, wanted: str) -> bool:
        told = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with connection._nodb_cursor() as cursor:
            cursor.execute(told, [self._kept])
            return bool(cursor.fetchone() == (wanted,))

    def copy(self) -> None:
        self._make(self._name, self._kept)

    def keep(self, wanted: str) -> None:
        self._make(self._kept, self._name)
        with connection._nodb_cursor() as cursor:
            # COMMENT takes no parameters.
            cursor.execute(f"COMMENT ON DATABASE \"{self._kept}\" IS '{wanted}'")

    def _make(self, name: str, template: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
