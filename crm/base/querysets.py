"""Querysets of records: what may be seen, what is live, and bulk writes that leave history."""

from collections.abc import Sequence
from typing import Any, Self, TypeVar

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from crm.base.errors import UnauditedWrite
from crm.base.search import matching
from crm.base.storing.bulk_inserts import BATCH, batches, insert_as_json
from crm.base.storing.validating import each_value_once
from crm.base.trail.changes import differs
from crm.base.trail.fence import writing
from crm.base.trail.history import actor_id, history_model
from crm.base.trail.stories import prepare_story, write_stories

Model = TypeVar("Model", bound=models.Model, covariant=True)


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
        """Give every record these values and write the history; return how many there were.

        Records are locked in the order of their ids, so that two callers cannot deadlock. Those
        that have the values already stay as they are.
        """
        with transaction.atomic(), writing(self.model):
            locked = self.order_by("pk").select_for_update(of=("self",))
            pks = list(locked.values_list("pk", flat=True))
            for batch in batches(pks):
                self._update_batch(batch, values)
        return len(pks)

    def _update_batch(self, pks: Sequence[int], values: dict[str, Any]) -> None:
        kind: Any = self.model
        stored = kind._base_manager.order_by("pk")
        before = [record for record in stored.filter(pk__in=pks) if differs(record, values)]
        changing = stored.filter(pk__in=[record.pk for record in before])
        changing.update(
            **values,
            **dict.fromkeys(("updated_at", *kind.updated_too), timezone.now()),
            version=F("version") + 1,
            modified_by_id=actor_id(),
        )
        write_stories(self.model, zip(before, changing, strict=True))

    def derived_update(self, **values: Any) -> int:
        """Update columns without history: what they tell is told elsewhere, or is no news."""
        tracked = {field.name for field in history_model(self.model).tracked_fields}
        if tracked & {self.model._meta.get_field(name).name for name in values}:
            raise UnauditedWrite("Use audited_update(): these columns have a history.")
        with writing(self.model):
            return super().update(**values)

    def audited_bulk_create(self, records: Sequence[Any]) -> list[Any]:
        """Insert many records and their history in the same transaction; return them."""
        return self.audited_replay([[record] for record in records])

    def audited_replay(self, stories: Sequence[Sequence[Any]]) -> list[Any]:
        """Insert many records that have a past, and all of their history; return them.

        A story is one record's versions, oldest first, each with its own ``updated_at``. The last
        becomes the row; every one leaves its entry in the history.
        """
        with each_value_once():
            for story in stories:
                prepare_story(*story)
        newest = [story[-1] for story in stories]
        with transaction.atomic(), writing(self.model):
            super().bulk_create(newest, batch_size=BATCH)
            for *past, last in stories:
                for record in past:
                    record.pk = last.pk
            write_stories(self.model, ([None, *story] for story in stories))
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
        with each_value_once():
            for versions in stories:
                for later, record in enumerate(versions, start=1):
                    record.version += later
                    record.validate()
        newest = [versions[-1] for versions in stories]
        fields = self.model._meta.concrete_fields
        columns = [field.name for field in fields if not field.primary_key]
        with transaction.atomic(), writing(self.model):
            before = self.model._base_manager.in_bulk([record.pk for record in newest])
            super().bulk_create(
                newest,
                batch_size=BATCH,
                update_conflicts=True,
                unique_fields=["pk"],
                update_fields=columns,
            )
            told = ([before[versions[0].pk], *versions] for versions in stories)
            write_stories(self.model, told)

    def _batched_insert(
        self, objs: Sequence[Any], fields: Any, batch_size: Any, **conflict: Any
    ) -> Any:
        """Write what ``bulk_create`` has prepared, by our own statement where there is one."""
        if connection.vendor != "postgresql":
            return super()._batched_insert(objs, fields, batch_size, **conflict)  # type: ignore[misc]
        rows = [record.__dict__ for record in objs]
        keys = insert_as_json(self.model, fields, rows, conflict["update_fields"] or ())
        return [(key,) for key in keys]

    def delete(self) -> Any:
        """Delete the rows, each with a last entry in its history."""
        with writing(self.model):
            return super().delete()

    def update(self, **values: Any) -> int:
        raise UnauditedWrite("Use audited_update(): update() leaves no history.")

    def bulk_create(self, *args: Any, **options: Any) -> Any:
        raise UnauditedWrite("Use audited_bulk_create(): bulk_create() leaves no history.")

    def bulk_update(self, *args: Any, **options: Any) -> Any:
        raise UnauditedWrite("Save each record, or use audited_update().")
