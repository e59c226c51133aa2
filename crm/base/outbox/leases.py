"""Rows that one worker at a time takes on: leased, so that a dead worker's come free again."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound="Leased")


class LeasedQuerySet(models.QuerySet[Row]):
    def free(self, now: datetime) -> Self:
        """Keep what nobody holds: never taken, given back, or held by a worker that died."""
        return self.filter(Q(locked_until=None) | Q(locked_until__lte=now))

    def take(self, now: datetime, lease: timedelta) -> Row | None:
        """Lease the first free row to the caller, as it is now; return None when there is none.

        Of any number of processes one gets it.
        """
        free = self.free(now)
        if (
            not free.exists()
        ):  # only a look: on SQLite it waits for no writer, and keeps none waiting
            return None
        skip = connection.features.has_select_for_update_skip_locked
        with transaction.atomic():
            row = free.select_for_update(skip_locked=skip).first()
            if row is not None:
                row.lease(now + lease)
        return row


class Leased(models.Model):
    """Work that is tried until it is done; ``token`` says whose it is until ``locked_until``."""

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    locked_until = models.DateTimeField(null=True)
    token = models.CharField(max_length=32, default="")

    class Meta:
        abstract = True

    def lease(self, until: datetime) -> None:
        """Hold a row that is locked, and count the attempt: one that kills workers ends too."""
        self.attempts += 1
        self.locked_until, self.token = until, uuid.uuid4().hex
        self.save(update_fields=["attempts", "locked_until", "token"])

    def settle(self, **changes: Any) -> bool:
        """Store ``changes`` and give the row back; False when the lease went to somebody else."""
        values = {"locked_until": None, "token": "", **changes}
        held = type(self)._default_manager.filter(pk=self.pk, token=self.token)
        if not held.update(**values):
            return False
        for name, value in values.items():
            setattr(self, name, value)
        return True
