"""A record's history as people read it: who changed what, from what to what."""

from collections.abc import Collection
from itertools import combinations, pairwise
from typing import Any

from django.db.models import OuterRef, Subquery

from crm.base.trail.differences import DELETE, SILENT, UPDATE
from crm.base.trail.history import history_model

ORDER = ("history_date", "history_id")
Values = dict[str, Any]


def told(record: Any, hidden: frozenset[str]) -> Any:
    """Return a record's history rows less the changes of nothing but ``hidden`` fields."""
    return without(record.history.all(), hidden)


def without(history: Any, hidden: frozenset[str]) -> Any:
    """Return the rows of ``history`` less the changes of nothing but ``hidden`` fields."""
    names = [field.name for field in history.model.tracked_fields if field.name in hidden]
    unseen = [list(some) for size in range(len(names)) for some in combinations(names, size + 1)]
    return history.exclude(action=UPDATE, changed__in=unseen) if unseen else history


def entries(page: Any, history: Any, hidden: frozenset[str] = frozenset()) -> list[Values]:
    """Return the entries of ``page``, in its order, each compared with the row before it.

    ``page`` is a slice of ``history``, a queryset of one record's history rows. Two statements,
    whatever the length: the rows, and the one row older than the oldest of them.
    """
    rows = list(page)
    if not rows:
        return []
    newest_first = sorted(rows, key=lambda row: row.history_id, reverse=True)
    oldest = newest_first[-1]
    older = history.filter(history_id__lt=oldest.history_id).order_by("-history_id").first()
    before = dict(zip(newest_first, [*newest_first[1:], older], strict=True))
    return [entry(row, before[row], hidden) for row in rows]


def numbered(model: Any, numbers: Collection[int], hidden: frozenset[str]) -> dict[int, Values]:
    """Return the entries with these numbers, of any records of ``model``.

    One statement reads their rows, and the row before each.
    """
    every, wanted = history_model(model).objects, set(numbers)
    older = every.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    newest = Subquery(older.order_by("-history_id").values("pk")[:1])
    asked = every.filter(pk__in=wanted).order_by()
    both = asked.values("pk").union(asked.values_list(newest), all=True)
    rows = every.filter(pk__in=both).order_by("id", "history_id")
    found = {}
    for before, row in pairwise([None, *rows]):
        if row.pk in wanted:
            is_same = before is not None and before.id == row.id
            found[row.pk] = entry(row, before if is_same else None, hidden)
    return found


def entry(row: Any, previous: Any, hidden: frozenset[str]) -> Values:
    """Return ``row`` as ``{id, table, label, action, old_values, new_values, user, at, …}``."""
    old, new = difference(row, previous, hidden)
    table = row.instance_type._meta.model_name
    return {
        "id": f"{table}-{row.history_id}",
        "history_id": row.history_id,
        "table": table,
        "record_id": row.id,
        "label": label(row),
        "action": row.action,
        "old_values": old,
        "new_values": new,
        "user": {"id": row.history_user_id, "name": row.actor_name, "role": row.actor_role},
        "source": row.source,
        "at": row.history_date,
        "request_id": row.request_id,
        "reason": row.history_change_reason,
    }


def label(row: Any) -> str:
    """Return what the record was called then; nothing is asked of the database."""
    values = {field.attname: field.value_from_object(row) for field in row.tracked_fields}
    return str(row.instance_type(**values))


def difference(row: Any, previous: Any, hidden: frozenset[str]) -> tuple[Values, Values]:
    """Return the old and the new values of the fields that changed.

    A creation has no old values, a deletion no new ones.
    """
    now = _values(row, hidden)
    if row.action == DELETE or previous is None:
        known = {name: value for name, value in now.items() if value is not None}
        return (known, {}) if row.action == DELETE else ({}, known)
    before = _values(previous, hidden)
    changed = [name for name in now if now[name] != before[name]]
    return {name: before[name] for name in changed}, {name: now[name] for name in changed}


def _values(row: Any, hidden: frozenset[str]) -> Values:
    return {
        field.name: field.value_from_object(row)
        for field in row.tracked_fields
        if field.name not in SILENT and field.name not in hidden
    }
