"""Lets one process at a time do what must be done once."""

from django.db import connection

from crm.base.storing import turns

PATIENCE = "60s"


def wait_for_turn(task: str) -> None:
    """Return when no other process is at ``task``; the turn lasts until the transaction ends.

    Nobody waits behind a command who would want to be told soon, as a web request would.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
    turns.wait_for_turn(task)
