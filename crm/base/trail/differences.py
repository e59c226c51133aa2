"""What a change was: which fields it changed, and what people call it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

# Set by the system at every write: no reader asks what they were before.
SILENT = frozenset({"created_by", "modified_by", "updated_at", "version", "search_text"})

CREATE, UPDATE, DELETE, ARCHIVE, RESTORE = ACTIONS = (
    *("create", "update", "delete", "archive", "restore"),
)
_BY_TYPE = {"+": CREATE, "~": UPDATE, "-": DELETE}


def changed_names(model: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields whose values differ, in the model's order.

    ``before`` and ``after`` hold values by column, as an instance's ``__dict__`` does; a deferred
    one was not changed.
    """
    return [
        name
        for name, attname in _told(model)
        if attname in after and before.get(attname, _told) != after[attname]
    ]


@cache
def _told(model: Any) -> list[tuple[str, str]]:
    tracked = model.history.model.tracked_fields
    return [(field.name, field.attname) for field in tracked if field.name not in SILENT]


def action(history_type: str, changed: list[str], record: Any) -> str:
    """Return create, update, delete, archive or restore."""
    if history_type == "~" and "archived_at" in changed:
        return ARCHIVE if record.archived_at else RESTORE
    return _BY_TYPE[history_type]
