"""Keeps in mind what was taken, and the ids by which clients know it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.base.storing import keys
from crm.base.storing.bulk_inserts import insert_rows
from crm.compat.importing.rows import MERGED, Refused, Row
from crm.compat.importing.table import Table
from crm.compat.models import NUMBER, ImportedRow, LegacyId


def recognise(table: Table, rows: Sequence[Row]) -> list[Row]:
    """Return those of ``rows`` that are new or have changed since they were taken."""
    _refuse_repeated(rows)
    known = {
        memory.key: memory
        for memory in ImportedRow.objects.filter(
            service=table.run.service.slug, table=table.name, key__in=[row.key for row in rows]
        )
    }
    for row in rows:
        if row.key in known and row.outcome == "taken":
            row.recall(known[row.key])
    return [row for row in rows if row.outcome != "refused" and _is_news(row)]


def _is_news(row: Row) -> bool:
    return row.memory is None or row.memory.digest != row.digest


def _refuse_repeated(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.key in seen:
            row.refuse(Refused("repeated", _("The same row is in the source twice.")))
        seen.add(row.key)


def remember(table: Table, rows: Sequence[Row]) -> None:
    """Note that ``rows`` are taken, and under which ids they are known."""
    new = [row for row in rows if row.is_new and row.record is not None]
    if table.kind:
        _keep_ids(table, new)
    insert_rows(ImportedRow, [_memory(table, row) for row in new])
    table.remember(new)
    fields = ["digest", "notes", "version"]
    ImportedRow.objects.bulk_update(list(_changed(rows)), fields, batch_size=100)


def _changed(rows: Sequence[Row]) -> Iterator[ImportedRow]:
    for row in rows:
        if memory := row.memory:
            memory.digest, memory.notes = row.digest, [note.told() for note in row.notes]
            if row.is_changed:
                memory.version = row.record.version
            yield memory


def _memory(table: Table, row: Row) -> dict[str, Any]:
    return {
        "service": table.run.service.slug,
        "table": table.name,
        "key": row.key,
        "digest": row.digest,
        "record_id": row.record.pk,
        "version": 0 if row.outcome == MERGED else row.record.version,
        "outcome": row.outcome,
        "notes": [note.told() for note in row.notes],
    }


def _keep_ids(table: Table, rows: Sequence[Row]) -> None:
    """Let clients find the records by the ids they hold, and no other record by these."""
    of = LegacyId.objects.of(table.run.service.slug, table.kind)
    ids = {row.key: table.legacy_id(row) for row in rows}
    given = of.filter(legacy_id__in=ids.values()).values_list("legacy_id", "record_id")
    taken, kept = dict(given), []
    for row in rows:
        shown, pk = ids[row.key], row.record.pk
        if shown and shown not in taken:
            taken[shown] = pk
            kept.append(_legacy_id(table, shown, pk))
        elif shown and taken[shown] != pk:
            message = _("Another row has this id: clients find that one.")
            row.note("id_given_twice", message, table.key, shown)
    insert_rows(LegacyId, kept)
    _step_aside(table, [one["legacy_id"] for one in kept])


def _step_aside(table: Table, kept: Sequence[str]) -> None:
    """Give other records, whose own numbers these ids are, a number that nobody has."""
    if table.run.is_dry:  # then the counter was not lifted beyond these ids
        return
    held = [int(one) for one in kept if NUMBER.fullmatch(one)]
    there = set(table.model.objects.filter(pk__in=held).values_list("pk", flat=True))
    of = LegacyId.objects.of(table.run.service.slug, table.kind)
    named = set(of.filter(record_id__in=there).values_list("record_id", flat=True))
    aside = sorted(there - named)
    drawn = zip(keys.draw(table.model, len(aside)), aside, strict=True)
    insert_rows(LegacyId, [_legacy_id(table, str(number), pk) for number, pk in drawn])


def _legacy_id(table: Table, shown: str, pk: int) -> dict[str, Any]:
    service = table.run.service.slug
    return {"service": service, "kind": table.kind, "legacy_id": shown, "record_id": pk}
