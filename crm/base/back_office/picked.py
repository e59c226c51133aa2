"""What a foreign key of another record may be set to, and who may choose it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from crm.base.models import Archivable


def live(records: QuerySet[Any]) -> QuerySet[Any]:
    """Leave out what is archived, of the kinds of records that can be."""
    return records.filter(archived_at=None) if issubclass(records.model, Archivable) else records


class PickedMixin:
    """What every record's admin answers to the autocompletes of others."""

    def pickable(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what a foreign key may be set to, of what the user may see."""
        return live(records)

    def has_pick_permission(self: Any, request: HttpRequest) -> bool:
        """Return whether the user may choose one for a foreign key."""
        return bool(self.has_view_permission(request))
