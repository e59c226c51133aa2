"""Lets one process at a time do what must be done once."""

import zlib

from django.db import connection

PATIENCE = "60s"


def wait_for_turn(task: str) -> None:
    """Return when no other process is at ``task``; the turn lasts until the transaction ends.

    On SQLite the transaction itself is the turn: there is one writer at a time.
    """
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        # Nobody waits behind a command who would want to be told soon, as a web request would.
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(task.encode())])
