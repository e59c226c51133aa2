"""What becomes of the rows of one table: the base of what each service declares."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.base.errors import RuleError
from crm.base.storing import keys
from crm.base.storing.constraints import conflict_of
from crm.compat.importing import fitting
from crm.compat.importing.rows import Row
from crm.compat.importing.runs import Run
from crm.compat.importing.sources import Source
from crm.compat.service import Service

LARGEST = 2**53  # no service counted so far


class Table:
    """A table of a service. One for each run: what it looks up for a batch, it keeps."""

    name: ClassVar[str]
    model: ClassVar[Any]
    key: ClassVar[str] = "id"
    order: ClassVar[Sequence[str]] = ("id",)
    # The columns without which it is another table.
    needed: ClassVar[Sequence[str]] = ("id",)
    # What the service's clients call a record, where they hold its id.
    kind: ClassVar[str] = ""

    def __init__(self, run: Run) -> None:
        self.run = run

    def row(self, values: Any) -> Row:
        return Row(values.get(self.key) or "", values)

    def legacy_id(self, row: Row) -> str:
        """Return the id of ``row`` that clients hold; "" where it has none."""
        return str(row.values[self.key])

    def begin(self) -> None:
        """Make ready, or raise what forbids to import this table at all.

        New records get numbers beyond the ids that clients hold, so that these never are theirs.
        """
        if self.kind and not self.run.is_dry:
            keys.lift(self.model, min(self.highest_id(), LARGEST))

    def highest_id(self) -> int:
        """Return the largest number among the ids that clients hold."""
        return self.run.source.highest(self.name, self.key)

    def look_up(self, rows: Sequence[Row]) -> None:
        """Read what a batch refers to."""

    def make(self, row: Row) -> Any:
        """Return the unsaved record of ``row``; raises ``Refused``."""
        raise NotImplementedError

    def settle(self, rows: Sequence[Row]) -> None:
        """Decide what depends on other records, as what is unique does."""

    def store(self, rows: Sequence[Row]) -> None:
        """Write the new records with their history."""
        self.model.objects.audited_replay([story(row) for row in rows])

    def remember(self, rows: Sequence[Row]) -> None:
        """Keep what later tables ask of these rows, beside their keys and ids."""

    def remarks(self) -> list[str]:
        """Return what to tell once all rows are through."""
        return []

    def follow(self, row: Row, stored: Any) -> None:
        """Bring ``stored``, which nobody has touched here, up to the row that has changed."""
        for name in row.fields:
            if name != "created_at":
                attname = self.model._meta.get_field(name).attname
                setattr(stored, attname, getattr(row.record, attname))
        stored.save()

    def try_to_follow(self, row: Row, stored: Any) -> None:
        try:
            with transaction.atomic():
                self.follow(row, stored)
        except (ValidationError, RuleError, IntegrityError) as error:
            row.note(
                "not_followed",
                _("It has changed, which was refused: %(reason)s") % {"reason": reason_of(error)},
            )
            row.is_changed = False
        else:
            row.is_changed = True

    def time(self, row: Row, column: str) -> datetime | None:
        """Return when ``column`` says that something happened."""
        return fitting.past_moment(row, column, row.values.get(column), self.run.zone)

    def date(self, row: Row, record: Any, created: str, updated: str = "") -> Any:
        """Give ``record`` the times of ``row`` and return it."""
        record.created_at = self.time(row, created) or self.run.began
        record.updated_at = (self.time(row, updated) if updated else None) or record.created_at
        return record


@dataclass(frozen=True)
class Importer:
    """How the data of a service is read, and what becomes of its tables, in their order."""

    service: Service
    open_source: Callable[[str], Source]
    tables: Sequence[type[Table]]


def story(row: Row) -> list[Any]:
    """Return the versions of the row's record, oldest first.

    Where nobody has kept what a change was, the history tells that there was one, and when.
    """
    record = row.record
    if not row.past and record.updated_at > record.created_at:
        return [copy.copy(record), record]
    return [*row.past, record]


def reason_of(error: Exception) -> str:
    """Return what the floor says of a refusal, for people."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, IntegrityError):
        conflict = conflict_of(error)
        return f"{conflict.detail} ({', '.join(conflict.fields) or error})"
    return str(getattr(error, "detail", error))
