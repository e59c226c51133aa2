"""Finds and removes the photo files that no customer shows any more."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from crm.base.history import history_model
from crm.base.photo_files import remove, stored_digests
from customers.models import Customer

BATCH = 100


def unused_photos(before: float) -> list[str]:
    """Return the digests of photos stored before that POSIX time which nobody refers to."""
    old = [digest for digest, stored_at in stored_digests() if stored_at < before]
    used = _used() if old else set()
    return [digest for digest in old if digest not in used]


def remove_unused_photos(digests: Sequence[str], before: float) -> int:
    """Remove those of ``digests`` that are still unused and old; return how many."""
    removed = 0
    for start in range(0, len(digests), BATCH):
        batch = digests[start : start + BATCH]
        used = _used(photo__in=batch)
        removed += sum(remove(digest, before) for digest in batch if digest not in used)
    return removed


def _used(**conditions: Any) -> set[str]:
    conditions = conditions or {"photo__isnull": False}
    photos = (rows.filter(**conditions).values_list("photo", flat=True) for rows in _references())
    return {photo for rows in photos for photo in rows.iterator()}


def _references() -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the rows that keep a photo: customers, archived ones too, and recent history.

    A history row is recent when it was the newest one at some time of the last
    ``PHOTO_HISTORY_DAYS`` days: a photo replaced yesterday was shown until yesterday.
    """
    history = history_model(Customer).objects.order_by()
    cutoff = timezone.now() - timedelta(days=settings.PHOTO_HISTORY_DAYS)
    successors = history.filter(
        id=OuterRef("id"), history_id__gt=OuterRef("history_id"), history_date__lt=cutoff
    )
    return Customer.objects.order_by(), history.filter(~Exists(successors))
