"""One import."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone

from crm.compat.importing.sources import Source
from crm.compat.models import ImportedRow
from crm.compat.service import Service


@dataclass
class Run:
    """One import: from where, of which service, and whether it is only tried."""

    service: Service
    source: Source
    zone: tzinfo
    is_dry: bool
    began: datetime = field(default_factory=timezone.now)
    log_entries: int = 0  # that have become history

    def records(self, table: str, keys: Iterable[Any]) -> dict[str, int]:
        """Return the records that the rows ``keys`` of ``table`` have become."""
        rows = ImportedRow.objects.filter(
            service=self.service.slug, table=table, key__in={str(key) for key in keys}
        )
        return dict(rows.values_list("key", "record_id"))
