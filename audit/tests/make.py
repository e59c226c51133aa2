"""What the tests of the trail need: records with a past, and somebody who may do anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from audit import anchors, sealing, verifying
from crm.base.trail import append_only
from crm.base.trail.fence import unaudited

Sample: Any = apps.get_model("customers.Customer")
PAST = Sample.history.model._meta.db_table


def make(**fields: Any) -> Any:
    return Sample.objects.create(**fields)


def seal() -> None:
    sealing.seal()
    anchors.anchor()


def entries(record: Any) -> list[int]:
    """Return the numbers of the record's entries, oldest first."""
    return list(record.history.order_by("history_id").values_list("history_id", flat=True))


def found(file: Path | None = None) -> list[str]:
    """Return what verification finds; whoever tampers makes the triggers anew."""
    append_only.install()
    return [str(fault) for fault in verifying.faults(file)]


@contextmanager
def superuser() -> Iterator[Any]:
    """A cursor that no trigger and no fence stops; what it did is undone at the block's end."""
    past_us = unaudited("somebody tampers")
    with past_us, transaction.atomic(), connection.cursor() as cursor:
        append_only.lift()
        yield cursor
        transaction.set_rollback(True)


def run(cursor: Any, sql: str, *values: Any) -> None:
    cursor.execute(sql.format(past=PAST), values)


@contextmanager
def only_read() -> Iterator[None]:
    """A database that may only be read, as a replica is."""
    is_sqlite = connection.vendor == "sqlite"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON" if is_sqlite else "SET TRANSACTION READ ONLY")
        try:
            yield
        finally:
            if is_sqlite:
                cursor.execute("PRAGMA query_only = OFF")
