"""What a new database connection needs to know."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from psycopg.abc import Buffer
from psycopg.adapt import Loader

from crm.base.trail import fence


class TimeLoader(Loader):
    """Reads ``timestamptz``, five times as fast as the loader it replaces.

    Every connection speaks UTC, so the text is what ``fromisoformat`` reads.
    """

    timezone = UTC  # Django compares it with its own before it trusts a loader

    def load(self, data: Buffer) -> datetime:
        return datetime.fromisoformat(bytes(data).decode())


def prepare(connection: Any, **_: Any) -> None:
    """Set up a connection just made."""
    fence.install(connection)
    connection.force_debug_cursor = settings.LOG_SQL  # without it only DEBUG logs statements
    if connection.vendor == "postgresql":
        connection.connection.adapters.register_loader("timestamptz", TimeLoader)
