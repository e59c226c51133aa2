"""How the pipeline does: how many leads, of which kind, whose, and how many are won how soon."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, Value
from django.utils import timezone

from crm.base.storing import tallies
from leads.choices import Channel, Status
from leads.querysets import LeadQuerySet

RECENT = timedelta(days=90)
LONGEST = timedelta(days=3 * 366)
WON = Q(status=Status.CLOSED)
DAY = timedelta(days=1)


def stats(
    leads: LeadQuerySet,
    zone: ZoneInfo,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, Any]:
    """Count ``leads``: by status, channel, assignee; and tell of their conversion.

    The conversion is that of the leads created ``since`` then (90 days before ``until``, which is
    now; at most three years ago), in each month as it begins in ``zone``.
    """
    counted: dict[str, Counter[Any]] = {
        name: Counter() for name in ("status", "channel", "assigned_to_id")
    }
    for group in tallies.counts(leads):
        for name, counter in counted.items():
            counter[group[name]] += group["count"]
    rows = _conversion(leads, list(_months(since, until, zone)))
    return {
        "total": counted["status"].total(),
        "by_status": {name: counted["status"][name] for name in Status.values},
        "by_channel": {name: counted["channel"][name] for name in Channel.values},
        "by_assignee": _named(counted["assigned_to_id"]),
        "conversion": [
            {"month": row["month"], "channel": row["channel"], **_summed([row])} for row in rows
        ],
        "conversion_by_channel": [
            {"channel": name, **_summed(row for row in rows if row["channel"] == name)}
            for name in Channel.values
        ],
    }


def _named(counts: Counter[Any]) -> list[dict[str, Any]]:
    """Return people with their counts, the busiest first; None is nobody."""
    names = dict(
        get_user_model()
        ._default_manager.filter(pk__in=[pk for pk in counts if pk])
        .values_list("pk", "username")
    )
    rows = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] or 0))
    return [{"id": pk, "username": names.get(pk), "count": count} for pk, count in rows if count]


def _months(
    since: datetime | None, until: datetime | None, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield when each month begins and ends; the first one begins with the period."""
    now = timezone.now()
    oldest = now - LONGEST
    # Nothing is created later than now, and at the ends of time not every zone has a day.
    last = min(max(until or now, oldest), now)
    start = min(max(since or last - RECENT, oldest), now).astimezone(zone)
    while start <= last:
        first = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
        end = (first + timedelta(days=32)).replace(day=1)
        yield start, end
        start = end


def _conversion(
    leads: LeadQuerySet, months: list[tuple[datetime, datetime]]
) -> list[dict[str, Any]]:
    """Return ``{channel, month, created, won, taken}`` rows, read with one statement.

    A month is a range of its own: grouped by a function of the time, PostgreSQL expects as many
    groups as rows, and sorts them on disk.
    """
    taken = ExpressionWrapper(F("status_changed_at") - F("created_at"), DurationField())
    parts = [
        leads.filter(created_at__gte=start, created_at__lt=end)
        .order_by()
        .values("channel")
        .annotate(
            month=Value(f"{start:%Y-%m}"),
            created=Count("pk"),
            won=Count("pk", filter=WON),
            taken=Avg(taken, filter=WON),
        )
        for start, end in months
    ]
    rows = parts[0].union(*parts[1:], all=True) if parts else []
    return sorted(rows, key=lambda row: (row["month"], row["channel"]))


def _summed(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return ``{created, won, rate, days_to_close}`` of all ``rows``; None where nothing is."""
    rows = list(rows)
    created, won = (sum(row[name] for row in rows) for name in ("created", "won"))
    days = sum(row["taken"] / DAY * row["won"] for row in rows if row["won"])
    return {
        "created": created,
        "won": won,
        "rate": round(won / created, 4) if created else None,
        "days_to_close": round(days / won, 1) if won else None,
    }
