"""Takes the rows of a table batch by batch: each is stored as a whole, or told why not."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _

from crm.base.errors import RuleError
from crm.base.storing.unit_of_work import unit_of_work
from crm.compat.importing import keeping
from crm.compat.importing.rows import TAKEN, Refused, Row
from crm.compat.importing.table import Table, reason_of

BATCH = 500
REFUSALS = (ValidationError, IntegrityError, DataError, RuleError)


def take_all(table: Table, done: Callable[[Sequence[Row]], None]) -> None:
    """Take every row of ``table``, and tell ``done`` of each batch that is stored."""
    table.begin()
    batch: list[Row] = []
    for values in table.run.source.rows(table.name, table.order):
        batch.append(table.row(values))
        if len(batch) == BATCH:
            take(table, batch)
            done(batch)
            batch = []
    take(table, batch)
    done(batch)


def take(table: Table, rows: Sequence[Row]) -> None:
    """Take ``rows`` in one transaction.

    When something is refused, each half is tried for itself, down to the row that is at fault.
    """
    if not rows:
        return
    try:
        unit_of_work(lambda: _take(table, rows))
    except REFUSALS as error:
        if len(rows) == 1:
            rows[0].reset()
            rows[0].refuse(Refused("refused", reason_of(error)))
            return
        middle = len(rows) // 2
        take(table, rows[:middle])
        take(table, rows[middle:])


def _take(table: Table, rows: Sequence[Row]) -> None:
    for row in rows:
        row.reset()
    unknown = keeping.recognise(table, rows)
    if not unknown:
        return
    table.look_up(unknown)
    made = [row for row in unknown if _make(table, row)]
    table.settle(made)
    table.store([row for row in made if row.is_new and row.outcome == TAKEN])
    _follow(table, [row for row in made if not row.is_new])
    keeping.remember(table, made)


def _make(table: Table, row: Row) -> bool:
    row.notes = []  # those of the time before are of another row
    try:
        row.record = table.make(row)
    except Refused as refused:
        row.refuse(refused)
        return False
    return True


def _follow(table: Table, rows: Sequence[Row]) -> None:
    """Bring up to date what has changed at the source and was left alone here."""
    memories = [row.memory for row in rows if row.memory]
    stored = table.model.objects.in_bulk([memory.record_id for memory in memories])
    for row in rows:
        memory: Any = row.memory
        record = stored.get(memory.record_id)
        row.outcome = memory.outcome
        if record is None or record.version != memory.version:
            row.note(
                "changed_on_both", _("It has changed there, and here too: left as it is here.")
            )
        else:
            table.try_to_follow(row, record)
            row.record = record
