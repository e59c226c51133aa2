"""Compares what a test saw with what it saw on the other database, when the code is the same."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection


@cache
def fingerprint() -> str:
    """Return a digest of the project's code: an answer of yesterday's code proves nothing."""
    digest = hashlib.sha256()
    for path in sorted(Path(settings.BASE_DIR).glob("[a-z]*/**/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def differences(request: pytest.FixtureRequest, seen: dict[str, Any]) -> list[str]:
    """Keep ``seen`` for the run on the other database; return where the two disagree.

    ``bin/test`` runs the suite on SQLite, then on PostgreSQL; pytest's cache lies between.
    """
    cache_of: Any = request.config.cache
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    name = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    cache_of.set(f"crm/{connection.vendor}/{name}", {"code": fingerprint(), "seen": seen})
    kept = cache_of.get(f"crm/{other}/{name}", {})
    if kept.get("code") != fingerprint():
        return []
    names = seen.keys() | kept["seen"].keys()
    pairs = {name: (seen.get(name), kept["seen"].get(name)) for name in names}
    return [
        f"{name}: {here} on {connection.vendor}, {there} on {other}"
        for name, (here, there) in sorted(pairs.items())
        if here != there
    ]
