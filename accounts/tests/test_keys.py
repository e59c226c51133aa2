"""The keys that sign tokens and cookies and hash API keys: without good ones nothing starts."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from crm.tests.starting import complaints

LONG = "0123456789abcdef" * 4


KEPT = {"DATABASE_URL": "sqlite:////tmp/unused.sqlite3", "API_KEY_PEPPER": LONG, "AUDIT_KEY": LONG}
REFUSED = [
    ({"SECRET_KEY": LONG, "JWT_KEY": "too short"}, "JWT_KEY"),
    ({"SECRET_KEY": LONG, "JWT_KEY": "x" * 31}, "JWT_KEY"),
    ({"SECRET_KEY": LONG, "JWT_KEY": ""}, "JWT_KEY"),
    ({"SECRET_KEY": "too short", "JWT_KEY": LONG}, "SECRET_KEY"),
    ({"SECRET_KEY": "", "JWT_KEY": LONG}, "SECRET_KEY"),
    ({"SECRET_KEY": LONG, "JWT_KEY": LONG, "API_KEY_PEPPER": ""}, "API_KEY_PEPPER"),
    ({"SECRET_KEY": "too short", "JWT_KEY": LONG, "DEBUG": "true"}, "SECRET_KEY"),
]


def test_it_does_not_start_with_a_short_key() -> None:
    said = complaints([KEPT | environment for environment, _ in REFUSED])
    for complaint, (_, name) in zip(said, REFUSED, strict=True):
        assert f"{name} must be set to at least 32 random characters" in complaint
        assert "too short" not in complaint


def test_it_starts_with_long_keys() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", "import crm.settings as s; print(s.JWT_KEY, s.SECRET_KEY)"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": LONG, "JWT_KEY": LONG[::-1], **KEPT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stdout.split() == [LONG[::-1], LONG]


def test_no_key_is_written_down_in_the_project() -> None:
    example = (Path(settings.BASE_DIR) / ".env.example").read_text()
    for line in example.splitlines():
        if line.lstrip("# ").startswith(
            ("SECRET_KEY=", "JWT_KEY=", "API_KEY_PEPPER=", "AUDIT_KEY=")
        ):
            assert len(line.partition("=")[2]) < 32
