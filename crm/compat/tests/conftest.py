"""A server that serves the test's own database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm.tests.server import SERVE, Server, running
from crm.tests.test_quota_server import database_url

FRONTEND = "https://shop.example.org"


@pytest.fixture
def server(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Server]:
    """Whoever is made in the test can sign in there: their password is hashed as it verifies."""
    settings.PASSWORD_HASHERS = ["accounts.tests.hashing.HashedOnce"]
    media = {"MEDIA_ROOT": str(settings.MEDIA_ROOT), "CORS_ORIGINS": FRONTEND}
    with running(SERVE, tmp_path, DATABASE_URL=database_url(), **media) as server:
        yield server
