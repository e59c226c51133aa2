"""Lets one transaction at a time do what no constraint of the database could decide."""

import zlib

from django.db import connection


def wait_for_turn(task: str) -> None:
    """Return when no other transaction is at ``task``; the turn lasts until this one ends.

    On SQLite the transaction itself is the turn: there is one writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(task.encode())])
