"""The keys that sign tokens and cookies and hash API keys: without good ones nothing starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

LONG = "0123456789abcdef" * 4


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a fresh process whose environment holds only this."""
    kept = {"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite:////tmp/unused.sqlite3"}
    kept |= {"API_KEY_PEPPER": LONG, "AUDIT_KEY": LONG}
    return subprocess.run(
        [sys.executable, "-c", "import crm.settings as s; print(s.JWT_KEY, s.SECRET_KEY)"],
        cwd=settings.BASE_DIR,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"SECRET_KEY": LONG, "JWT_KEY": "too short"}, "JWT_KEY"),
        ({"SECRET_KEY": LONG, "JWT_KEY": "x" * 31}, "JWT_KEY"),
        ({"SECRET_KEY": LONG, "JWT_KEY": ""}, "JWT_KEY"),
        ({"SECRET_KEY": "too short", "JWT_KEY": LONG}, "SECRET_KEY"),
        ({"SECRET_KEY": "", "JWT_KEY": LONG}, "SECRET_KEY"),
        ({"SECRET_KEY": LONG, "JWT_KEY": LONG, "API_KEY_PEPPER": ""}, "API_KEY_PEPPER"),
        ({"SECRET_KEY": "too short", "JWT_KEY": LONG, "DEBUG": "true"}, "SECRET_KEY"),
    ],
)
def test_it_does_not_start_with_a_short_key(environment: dict[str, str], name: str) -> None:
    finished = start(**environment)
    assert finished.returncode != 0
    assert f"{name} must be set to at least 32 random characters" in finished.stderr
    assert "too short" not in finished.stderr


def test_it_starts_with_long_keys() -> None:
    finished = start(SECRET_KEY=LONG, JWT_KEY=LONG[::-1])
    assert finished.stdout.split() == [LONG[::-1], LONG]


def test_no_key_is_written_down_in_the_project() -> None:
    example = (Path(settings.BASE_DIR) / ".env.example").read_text()
    for line in example.splitlines():
        if line.lstrip("# ").startswith(
            ("SECRET_KEY=", "JWT_KEY=", "API_KEY_PEPPER=", "AUDIT_KEY=")
        ):
            assert len(line.partition("=")[2]) < 32
