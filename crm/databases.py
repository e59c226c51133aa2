"""Turns ``DATABASE_URL`` into Django's connection settings for SQLite and PostgreSQL."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"  # a committed sale survives a power cut
    "PRAGMA foreign_keys=ON;"
    "PRAGMA recursive_triggers=ON;"  # REPLACE fires delete triggers too
    "PRAGMA busy_timeout=20000;"
    "PRAGMA journal_size_limit=67108864;"
    "PRAGMA cache_size=-32768;"  # the indexes of a large table fit; with 2 MB they churn
)


def database(url: str, data_dir: Path, prepared: bool = True) -> dict[str, Any]:
    """Return the connection settings for ``url``; ``prepared`` allows PostgreSQL to keep plans.

    ``url`` is empty (a file in ``data_dir``), a bare path such as ``crm.db``, ``sqlite:///path``
    or ``postgres://user:password@host:port/name``. Raises ``ImproperlyConfigured`` for others.
    """
    if not url:
        return sqlite(data_dir / "crm.sqlite3")
    if "://" not in url:
        return sqlite(Path(url))
    scheme = url.split("://", 1)[0]
    if scheme == "sqlite":
        path = url.removeprefix("sqlite:///")
        return sqlite(Path("" if path == url else path))
    if scheme in ("postgres", "postgresql"):
        return postgresql(url, prepared)
    raise ImproperlyConfigured(
        f"DATABASE_URL starts with {scheme!r}: use postgres://user:password@host:5432/name, "
        "sqlite:///path/to/file or a bare file path."
    )


def sqlite(path: Path) -> dict[str, Any]:
    if not path.name or path.name == ":memory:" or path.is_dir():
        raise ImproperlyConfigured(
            "DATABASE_URL names no SQLite file: use sqlite:///path/to/file or a bare file path."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"The folder of the SQLite file: {error}.") from error
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        },
        # A file, so that tests can open it from several processes.
        "TEST": {"NAME": path.parent / f"test_{path.stem}.sqlite3"},
    }


def postgresql(url: str, prepared: bool) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = environ.Env.db_url_config(url)
    except ValueError as error:  # such as a port that is no number; the URL holds a password
        raise ImproperlyConfigured("DATABASE_URL cannot be read as an address.") from error
    if not settings.get("NAME"):
        raise ImproperlyConfigured("DATABASE_URL names no database after the last slash.")
    options = settings.setdefault("OPTIONS", {})
    timeouts = "-c statement_timeout=15s -c lock_timeout=5s"
    idle = "-c idle_in_transaction_session_timeout=30s"
    options.setdefault("options", f"{timeouts} {idle}")
    # For crm.base.storing.statements alone; Django's cursors prepare nothing.
    options.setdefault("prepare_threshold", 0 if prepared else None)
    return settings | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
    }
