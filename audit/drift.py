"""Compares the records with their history, in the database: what differs is named, nothing read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit.faults import Fault
from audit.ranges import LARGEST, SMALLEST, Range
from audit.trail import Trail

Part = Callable[[], Iterator[Fault]]
BATCH = 10_000  # entries whose records one statement compares
# A record that differs from its newest entry, and the first column in which it does.
DIFFERENT = """
    SELECT live.id, past.history_id, CASE {cases} END FROM {live} live LEFT JOIN (
        SELECT * FROM {past} WHERE id BETWEEN %(low)s AND %(high)s AND history_id IN
            (SELECT max(history_id) FROM {past} WHERE id BETWEEN %(low)s AND %(high)s GROUP BY id)
    ) AS past ON past.id = live.id
    WHERE live.id BETWEEN %(low)s AND %(high)s
    AND (past.history_id IS NULL OR past.history_type = '-' OR {differs})
    ORDER BY live.id
"""
# The newest entry of a record that is gone, unless it tells that.
GONE = """
    SELECT past.id, past.history_id, 'gone' FROM {past} past
    LEFT JOIN {live} live ON live.id = past.id AND live.id BETWEEN %(low)s AND %(high)s
    WHERE past.id BETWEEN %(low)s AND %(high)s AND live.id IS NULL AND past.history_type <> '-'
    AND NOT EXISTS
        (SELECT 1 FROM {past} later WHERE later.id = past.id AND later.history_id > past.history_id
        AND later.id BETWEEN %(low)s AND %(high)s)
    ORDER BY past.id
"""
# An entry that is not the next version of its record: one before it is missing, or it is copied.
UNORDERED = """
    SELECT id, history_id, 'order' FROM (
        SELECT id, history_id, version, history_type, lag(version) OVER one AS before
        FROM {past} past WHERE id BETWEEN %(low)s AND %(high)s
        WINDOW one AS (PARTITION BY id ORDER BY history_id)
    ) AS entries
    WHERE CASE WHEN before IS NULL THEN history_type <> '+'
        WHEN history_type = '-' THEN version <> before
        ELSE history_type <> '~' OR version <> before + 1 END
    ORDER BY id, history_id
"""
# Two entries with one proof: the later is a copy.
COPIED = """
    SELECT NULL, max({key}), 'copy' FROM {past} past WHERE proof <> ''
    GROUP BY proof HAVING count(*) > 1 ORDER BY 2
"""


def parts(trail: Trail) -> Iterator[Part]:
    """Yield what finds records unlike their history, and histories that lack a step."""
    if trail.key != trail.record:
        wanted = list(_batches(trail))
        for statement in (DIFFERENT, GONE, UNORDERED):
            yield from (partial(_compared, trail, statement, between) for between in wanted)
    yield partial(_copied, trail)


def _batches(trail: Trail) -> Iterator[Range]:
    """Yield ranges of records' numbers, all together, each with about as many entries."""
    numbers = trail.model._base_manager.order_by("id").values_list("id", flat=True)
    low = SMALLEST
    while (high := numbers.filter(id__gte=low)[BATCH : BATCH + 1].first()) is not None:
        yield low, high
        low = high + 1
    yield low, LARGEST


def _compared(trail: Trail, statement: str, between: Range) -> Iterator[Fault]:
    # Without statistics, as after a restore, PostgreSQL would join each row with all others.
    with _planned("enable_nestloop", "off"), connection.cursor() as cursor:
        cursor.execute(statement.format(**_words(trail)), {"low": between[0], "high": between[1]})
        found = cursor.fetchall()
    yield from (_fault(trail, *row) for row in found)


def _copied(trail: Trail) -> Iterator[Fault]:
    # It reads the whole table, and may take its time.
    with _planned("statement_timeout", "0"), connection.cursor() as cursor:
        cursor.execute(COPIED.format(**_words(trail)))
        copies = cursor.fetchall()
    yield from (_fault(trail, *row) for row in copies)


@contextmanager
def _planned(setting: str, value: str) -> Iterator[None]:
    """Set something of PostgreSQL's for the block."""
    if connection.vendor == "sqlite":  # where a transaction would keep writers waiting
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {setting} = {value}")
        yield


def _words(trail: Trail) -> dict[str, str]:
    quote = connection.ops.quote_name
    words = {"past": quote(trail.table), "key": trail.key, "record": trail.record}
    if trail.key == trail.record:
        return words
    unequal = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    columns = [quote(field.column) for field in trail.model.tracked_fields]
    differences = {one: f"past.{one} {unequal} live.{one}" for one in columns}
    cases = (f"WHEN {differs} THEN '{one[1:-1]}'" for one, differs in differences.items())
    return {
        **words,
        "live": quote(trail.model.instance_type._meta.db_table),
        "differs": f"({' OR '.join(differences.values())})",
        "cases": " ".join(cases),
    }


def _fault(trail: Trail, record: int | None, entry: int | None, column: str) -> Fault:
    if entry is None:
        what = _("it has no history")
    elif column == "gone":
        what = _("the record is gone, and no entry tells of it")
    elif column == "order":
        what = _("the entry before it is missing, or it is a copy")
    elif column == "copy":
        what = _("another entry has the same proof: one is a copy")
    else:
        what = _("%(column)s of the record is not what its newest entry says") % {"column": column}
    return Fault(what, trail.table, record, entry)
