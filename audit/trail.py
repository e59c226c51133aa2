"""What the audit trail is made of: the history of every model, and the security events."""

from functools import cache
from typing import Any, NamedTuple

from django.apps import apps

from crm.base.models import SecurityEvent
from crm.base.trail.history import HistoryEntry


class Trail(NamedTuple):
    """One table of entries, and its columns: the number, whose it is, and when it was made."""

    model: Any
    key: str
    record: str
    moment: str

    def __reduce__(self) -> Any:
        """Travel to another process by name: the models of histories cannot be pickled."""
        return trail_of, (self.table,)

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def entries(self) -> Any:
        """Return the entries in the order in which their numbers were given."""
        return self.model._base_manager.order_by(self.key)


@cache
def trails() -> list[Trail]:
    """Return every table that holds entries; a new model with a history is one by itself."""
    models = apps.get_models()
    histories = [model for model in models if issubclass(model, HistoryEntry)]
    return [
        *(Trail(model, "history_id", "id", "history_date") for model in histories),
        Trail(SecurityEvent, "id", "id", "occurred_at"),
    ]


def trail_of(table: str) -> Trail:
    return next(one for one in trails() if one.table == table)
