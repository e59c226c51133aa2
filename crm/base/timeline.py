"""A record's history as people read it: who changed what, from what to what."""

from typing import Any

from crm.base.differences import SILENT

Values = dict[str, Any]


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


def entry(row: Any, previous: Any, hidden: frozenset[str]) -> Values:
    """Return ``row`` as ``{history_id, action, old_values, new_values, user, at, …}``."""
    old, new = difference(row, previous, hidden)
    return {
        "history_id": row.history_id,
        "action": row.action,
        "old_values": old,
        "new_values": new,
        "user": {"id": row.history_user_id, "name": row.actor_name, "role": row.actor_role},
        "source": row.source,
        "at": row.history_date,
        "request_id": row.request_id,
        "reason": row.history_change_reason,
    }


def difference(row: Any, previous: Any, hidden: frozenset[str]) -> tuple[Values, Values]:
    """Return the old and the new values of the fields that changed."""
    old, new = {}, {}
    for field in row.tracked_fields:
        if field.name in SILENT or field.name in hidden:
            continue
        after = field.value_from_object(row)
        before = field.value_from_object(previous) if previous else None
        if after != before:
            old[field.name], new[field.name] = before, after
    return (old, new) if previous else ({}, new)
