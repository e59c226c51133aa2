"""Finds and removes the photo files that no customer shows any more."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from crm.base.photo_files import remove, stored_digests
from crm.base.trail.history import history_model
from customers.models import Customer
from invoices.models import CompanyProfile

BATCH = 100
# Which column of which records names a picture.
KEPT: Sequence[tuple[Any, str]] = ((Customer, "photo"), (CompanyProfile, "logo"))


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
        used = _used(batch)
        removed += sum(remove(digest, before) for digest in batch if digest not in used)
    return removed


def _used(among: Sequence[str] | None = None) -> set[str]:
    """Return the digests that something refers to, of those ``among`` which to look."""
    return {
        digest
        for model, name in KEPT
        for rows in _references(model)
        for digest in _narrowed(rows, name, among).values_list(name, flat=True).iterator()
    }


def _narrowed(rows: QuerySet[Any], name: str, among: Sequence[str] | None) -> QuerySet[Any]:
    known = {f"{name}__isnull": False} if among is None else {f"{name}__in": among}
    return rows.filter(**known)


def _references(model: Any) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the rows that keep a picture: records, archived ones too, and recent history.

    A history row is recent when it was the newest one at some time of the last
    ``PHOTO_HISTORY_DAYS`` days: a photo replaced yesterday was shown until yesterday.
    """
    history = history_model(model).objects.order_by()
    cutoff = timezone.now() - timedelta(days=settings.PHOTO_HISTORY_DAYS)
    successors = history.filter(
        id=OuterRef("id"), history_id__gt=OuterRef("history_id"), history_date__lt=cutoff
    )
    return model.objects.order_by(), history.filter(~Exists(successors))
