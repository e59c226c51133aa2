"""Querysets of records: what may be seen, what is live, and bulk writes that leave history."""

from collections.abc import Iterable, Sequence
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from crm.base.errors import UnauditedWrite
from crm.base.history import actor_id, entry, history_model, stamp
from crm.base.search import matching

Model = TypeVar("Model", bound=models.Model, covariant=True)

BATCH = 500


class RecordQuerySet(models.QuerySet[Model]):
    """The base of every business model's queryset.

    A subclass defines ``visible_to(actor)``, which speaks of rights only. What would write past
    the history raises ``UnauditedWrite``.
    """

    def live(self) -> Self:
        """Leave out what is archived."""
        return self.filter(archived_at=None)

    def search(self, query: str) -> Self:
        """Keep the records whose searchable text contains every word of ``query``."""
        return matching(self, query)

    def audited_update(self, **values: Any) -> int:
        """Update every record and write its history; return how many there were.

        Records are locked in the order of their ids, so that two callers cannot deadlock.
        """
        values |= {"updated_at": timezone.now(), "modified_by_id": actor_id()}
        with transaction.atomic():
            locked = self.order_by("pk").select_for_update(of=("self",))
            pks = list(locked.values_list("pk", flat=True))
            for start in range(0, len(pks), BATCH):
                batch = self.model._base_manager.filter(pk__in=pks[start : start + BATCH])
                batch.update(version=F("version") + 1, **values)
                self._write_history(batch, "~")
        return len(pks)

    def audited_bulk_create(self, records: Sequence[Any]) -> list[Any]:
        """Insert many records and their history in the same transaction; return them."""
        for record in records:
            record.prepare()
        with transaction.atomic():
            created = super().bulk_create(records, batch_size=BATCH)
            self._write_history(created, "+")
        return created

    def _write_history(self, records: Iterable[Any], history_type: str) -> None:
        columns = stamp()
        entries = [entry(record, history_type, columns) for record in records]
        history_model(self.model).objects.bulk_create(entries, batch_size=BATCH)

    def update(self, **values: Any) -> int:
        raise UnauditedWrite("Use audited_update(): update() leaves no history.")

    def bulk_create(self, *args: Any, **options: Any) -> Any:
        raise UnauditedWrite("Use audited_bulk_create(): bulk_create() leaves no history.")

    def bulk_update(self, *args: Any, **options: Any) -> Any:
        raise UnauditedWrite("Save each record, or use audited_update().")
