"""Compares the records with their history, in the database: what differs is named, nothing read."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.faults import Fault
from audit.trail import Trail

BATCH = 50_000  # records that one statement compares
# A record that differs from its newest entry, and the first column in which it does.
DIFFERENT = """
    SELECT live.id, past.history_id, CASE {cases} END FROM {live} live LEFT JOIN {past} past
    ON past.history_id = (SELECT max(history_id) FROM {past} WHERE {past}.id = live.id)
    WHERE live.id > %s AND live.id <= %s
    AND (past.history_id IS NULL OR past.history_type = '-' OR {differs})
    ORDER BY live.id
"""
# The newest entry of a record that is gone, unless it tells that.
GONE = """
    SELECT past.id, past.history_id, 'gone' FROM {past} past
    LEFT JOIN {live} live ON live.id = past.id
    WHERE past.id > %s AND past.id <= %s AND live.id IS NULL AND past.history_type <> '-'
    AND NOT EXISTS
        (SELECT 1 FROM {past} later WHERE later.id = past.id AND later.history_id > past.history_id)
    ORDER BY past.id
"""
# An entry that is not the next version of its record: one before it is missing, or it is copied.
UNORDERED = """
    SELECT id, history_id, 'order' FROM (
        SELECT id, history_id, version, history_type, lag(version) OVER one AS before
        FROM {past} past WHERE id > %s AND id <= %s
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


def faults(trail: Trail) -> Iterator[Fault]:
    """Yield the records that are not what their history says, and histories that lack a step."""
    for statement in (DIFFERENT, GONE, UNORDERED):
        if trail.key != trail.record:
            yield from _in_batches(trail, statement)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")  # it reads the table once
        cursor.execute(COPIED.format(**_words(trail)))
        copies = cursor.fetchall()
    yield from (_fault(trail, *row) for row in copies)


def _in_batches(trail: Trail, statement: str) -> Iterator[Fault]:
    sql = statement.format(**_words(trail))
    tables = (trail.model, trail.model.instance_type)
    last = max(one._base_manager.aggregate(last=Max("id"))["last"] or 0 for one in tables)
    for start in range(0, last, BATCH):
        with connection.cursor() as cursor:
            cursor.execute(sql, [start, start + BATCH])
            yield from (_fault(trail, *row) for row in cursor.fetchall())


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
