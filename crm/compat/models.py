"""The ids that clients of the replaced services hold, where they are not ours."""

import re
from collections.abc import Iterable

from django.db import models

NUMBER = re.compile(r"[0-9]{1,18}")
USERNAME = "username"  # the kind of legacy id that is a name somebody signed in with


class LegacyIdQuerySet(models.QuerySet["LegacyId"]):
    def of(self, service: str, kind: str) -> "LegacyIdQuerySet":
        return self.filter(service=service, kind=kind)

    def record(self, service: str, kind: str, shown: str | int) -> int | None:
        """Return the number of the record that the service's clients know as ``shown``.

        It is the number shown itself, unless the table says otherwise: None when that number is a
        record's which the service's clients know by another id.
        """
        number = int(shown) if NUMBER.fullmatch(str(shown)) else None
        known = self.of(service, kind).filter(
            models.Q(legacy_id=str(shown)) | models.Q(record_id=number)
        )
        by_id = {row.legacy_id: row.record_id for row in known}
        return by_id.get(str(shown), None if by_id else number)

    def shown(self, service: str, kind: str, records: Iterable[int]) -> dict[int, str]:
        """Return the ids to show for ``records``, those that differ from the record's number."""
        known = self.of(service, kind).filter(record_id__in=set(records)).order_by("-id")
        return {row.record_id: row.legacy_id for row in known}  # the first one it had wins


class LegacyId(models.Model):
    """An id of an imported record in the service that it came from.

    Records made since are known by their own numbers, which an import keeps clear of these.
    """

    service = models.CharField(max_length=30)
    kind = models.CharField(max_length=30)
    legacy_id = models.CharField(max_length=100)
    record_id = models.BigIntegerField()

    objects = LegacyIdQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "kind", "legacy_id"], name="legacy_id_once")
        ]
        indexes = [
            models.Index(fields=["service", "kind", "record_id"], name="legacy_id_by_record")
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.kind} {self.legacy_id}"


class ImportedRow(models.Model):
    """A row of a replaced service that was taken over, and what was noted of it.

    It is what makes an import repeatable: whoever is in this table is not taken again, and
    ``digest`` tells whether the row has changed where it came from.
    """

    service = models.CharField(max_length=30)
    table = models.CharField(max_length=30)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=32)
    record_id = models.BigIntegerField()
    # The record's, when it was last as the row says; 0 where the row never was the whole of it.
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10)
    notes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "table", "key"], name="imported_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.table} {self.key}"
