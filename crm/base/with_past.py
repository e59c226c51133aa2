"""What a model tells of its past, for reading it and for going back to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import models


class WithPast(models.Model):
    """A record whose history can be read as of a moment, and perhaps be returned to."""

    # Columns without a history that hold when the record was changed, as ``updated_at`` does.
    updated_too: ClassVar[Sequence[str]] = ()
    # Columns that are never written again once the record is there, whatever happens to it.
    unchanging: ClassVar[Sequence[str]] = ("id", "created_at", "created_by_id")
    # Fields that search reads and lists look for exactly: in the past by what was replaced, too.
    looked_up: ClassVar[Sequence[str]] = ()
    # Names of what points to it and belongs to it: its history tells of their changes, too.
    told_with: ClassVar[Sequence[str]] = ()
    # The fields that putting it back to an earlier version brings back.
    restorable: ClassVar[Sequence[str]] = ()
    # What to do about others instead.
    left_alone: ClassVar[Mapping[str, Any]] = {}

    class Meta:
        abstract = True

    @classmethod
    def untracked_then(cls, moment: datetime) -> dict[str, Any]:
        """Return, for columns without a history, an expression on an entry of the record's own.

        It tells what the column was at ``moment``, see ``crm.base.past.states``.
        """
        return {}

    def gone(self, name: str, value: Any) -> str:
        """Return why a restorable field cannot have ``value`` again; "" when it can."""
        return ""

    def take_back(self, version: Any) -> None:
        """Store the record, whose fields have been put back to those of ``version``."""
        self.save()
