"""What a write really changed, read with SQL, and whether the histories tell exactly that."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from crm.base.trail.history import history_model
from crm.tests.audit_check import record_models

Row = dict[str, Any]
Rows = dict[int, Row]
# What every change brings along; alone it is no change.
ALONG = {"version", "updated_at", "modified_by_id"}
# Not in the history, which shows no secrets; that it changed is told all the same.
SECRET = {"password", "hash"}


def select(table: str, rest: str = "") -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" {rest}')  # noqa: S608 — tables of ours
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Snapshot:
    """All rows of all records, and how far their histories go."""

    def __init__(self) -> None:
        self.rows: dict[Any, Rows] = {}
        self.last: dict[Any, int] = {}
        for model in record_models():
            self.rows[model] = {row["id"]: row for row in select(model._meta.db_table)}
            entries = select(_history(model), "ORDER BY history_id DESC LIMIT 1")
            self.last[model] = entries[0]["history_id"] if entries else 0

    def entries(self, model: Any) -> list[Row]:
        """Return what was added to the history of ``model`` since."""
        rest = f"WHERE history_id > {self.last[model]} ORDER BY history_id"
        return select(_history(model), rest)

    def all_entries(self) -> list[Row]:
        return [entry for model in self.rows for entry in self.entries(model)]


def faults(before: Snapshot, after: Snapshot) -> list[str]:
    """Return a line for each row whose new entries are not the difference of its columns."""
    return [
        f"{model.__name__} {key}: {fault}"
        for model in before.rows
        for key, fault in _of_model(model, before, after)
    ]


def _of_model(model: Any, before: Snapshot, after: Snapshot) -> Iterator[tuple[int, str]]:
    entries: dict[int, list[Row]] = defaultdict(list)
    for entry in before.entries(model):
        entries[entry["id"]].append(entry)
    tracked = {field.column for field in history_model(model).tracked_fields}
    old, new = before.rows[model], after.rows[model]
    for key in sorted({*old, *new, *entries}):
        for fault in _of_row(old.get(key), new.get(key), entries[key], tracked):
            yield key, fault


def _of_row(
    old: Row | None, new: Row | None, entries: list[Row], tracked: set[str]
) -> Iterator[str]:
    first = old["version"] if old else 0
    versions = new["version"] - first if new else len(entries)
    if len(entries) != versions or (not new and not entries):
        yield f"{versions} versions, but {len(entries)} entries"
    kinds = [entry["history_type"] for entry in entries]
    expected = ["+" if not old else "~", *"~" * len(kinds)][: len(kinds)]
    if not new and kinds:
        expected[-1] = "-"
    if kinds != expected:
        yield f"entries {kinds} instead of {expected}"
    last = entries[-1] if entries else old
    if last and new and differing(last, new, tracked):
        yield f"the history ends with another {differing(last, new, tracked)}"
    if old and new and not entries and differing(old, new, SECRET):
        yield "a secret changed without an entry"
    yield from _empty(old, new, entries, tracked)


def _empty(
    old: Row | None, new: Row | None, entries: list[Row], tracked: set[str]
) -> Iterator[str]:
    """Yield the entries that tell of no change; a deletion repeats what was there."""
    secretly = old and new and differing(old, new, SECRET)
    previous = old
    for entry in entries:
        told = previous is None or differing(previous, entry, tracked - ALONG)
        if not told and not secretly and entry["history_type"] == "~":
            yield f"entry {entry['history_id']} changes nothing"
        previous = entry


def differing(one: Row, other: Row, columns: Iterable[str]) -> list[str]:
    """Return the columns in which two rows differ, of those that both have."""
    shared = set(columns) & one.keys() & other.keys()
    return sorted(column for column in shared if one[column] != other[column])


def _history(model: Any) -> str:
    return str(history_model(model)._meta.db_table)
