"""Querysets of records: what may be seen, what is live, and bulk writes that leave history."""

from collections.abc import Iterator, Sequence
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from crm.base.errors import UnauditedWrite
from crm.base.history import actor_id, copy_rows, entry, history_model, stamp
from crm.base.search import matching

Model = TypeVar("Model", bound=models.Model, covariant=True)

BATCH = 500


def batches(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut ``pks`` into pieces that fit into a statement."""
    return (pks[start : start + BATCH] for start in range(0, len(pks), BATCH))


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
        values = {"updated_at": timezone.now(), "modified_by_id": actor_id(), **values}
        with transaction.atomic():
            locked = self.order_by("pk").select_for_update(of=("self",))
            pks = list(locked.values_list("pk", flat=True))
            for batch in batches(pks):
                records = self.model._base_manager.filter(pk__in=batch)
                records.update(version=F("version") + 1, **values)
                copy_rows(self.model, batch, "~")
        return len(pks)

    def derived_update(self, **values: Any) -> int:
        """Update columns that only repeat what other columns tell, and so have no history."""
        tracked = {field.name for field in history_model(self.model).tracked_fields}
        if tracked & {self.model._meta.get_field(name).name for name in values}:
            raise UnauditedWrite("Use audited_update(): these columns have a history.")
        return super().update(**values)

    def audited_bulk_create(self, records: Sequence[Any]) -> list[Any]:
        """Insert many records and their history in the same transaction; return them."""
        return self.audited_replay([[record] for record in records])

    def audited_replay(self, stories: Sequence[Sequence[Any]]) -> list[Any]:
        """Insert many records that have a past, and all of their history; return them.

        A story is one record's versions, oldest first, each with its own ``updated_at``. The last
        becomes the row; every one leaves its entry in the history.
        """
        for first, *later in stories:
            first.prepare()
            for version, record in enumerate(later, start=first.version + 1):
                record.version = version
                record.validate()
        with transaction.atomic():
            newest = [story[-1] for story in stories]
            super().bulk_create(newest, batch_size=BATCH)
            self._write_past(stories)
            for history_type, changed in (("+", False), ("~", True)):
                pks = [story[-1].pk for story in stories if (len(story) > 1) is changed]
                for batch in batches(pks):
                    copy_rows(self.model, batch, history_type)
            for record in newest:
                record.created()
        for record in newest:
            record._remember()
        return newest

    def audited_bulk_change(self, stories: Sequence[Sequence[Any]]) -> None:
        """Store what became of many records that only the caller knows of, and their history.

        A story is a record's later versions, oldest first, made from the stored one and each with
        its own ``updated_at``.
        """
        for versions in stories:
            for later, record in enumerate(versions, start=1):
                record.version += later
                record.validate()
        newest = [versions[-1] for versions in stories]
        fields = self.model._meta.concrete_fields
        columns = [field.name for field in fields if not field.primary_key]
        with transaction.atomic():
            super().bulk_create(
                newest,
                batch_size=BATCH,
                update_conflicts=True,
                unique_fields=["pk"],
                update_fields=columns,
            )
            past = [entry(one, "~", stamp()) for versions in stories for one in versions[:-1]]
            history_model(self.model).objects.bulk_create(past, batch_size=BATCH)
            for batch in batches([record.pk for record in newest]):
                copy_rows(self.model, batch, "~")

    def _write_past(self, stories: Sequence[Sequence[Any]]) -> None:
        """Write the history of all versions but the last ones."""
        columns = stamp()
        entries = []
        for *past, last in stories:
            for record, history_type in zip(past, "+" + "~" * len(past), strict=False):
                record.pk = last.pk
                entries.append(entry(record, history_type, columns))
        history_model(self.model).objects.bulk_create(entries, batch_size=BATCH)

    def update(self, **values: Any) -> int:
        raise UnauditedWrite("Use audited_update(): update() leaves no history.")

    def bulk_create(self, *args: Any, **options: Any) -> Any:
        raise UnauditedWrite("Use audited_bulk_create(): bulk_create() leaves no history.")

    def bulk_update(self, *args: Any, **options: Any) -> Any:
        raise UnauditedWrite("Save each record, or use audited_update().")
