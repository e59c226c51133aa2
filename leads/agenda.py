"""What somebody has to do: in their own time zone, the overdue first."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from leads.lead import Lead
from leads.process import Process
from leads.querysets import LeadQuerySet, ProcessQuerySet

DUE_FIRST = ("next_followup_at", "id")


class Day(NamedTuple):
    """A day of somebody's: the first moment of it, and the first of the next one."""

    start: datetime
    end: datetime


def zone_of(actor: Any) -> ZoneInfo:
    """Return the time zone in which ``actor`` reads; the installation's for those without one."""
    return ZoneInfo(getattr(actor, "time_zone", "") or settings.TIME_ZONE)


def today(actor: Any, now: datetime | None = None) -> Day:
    """Return the day that ``actor`` has now; where clocks change it is no 24 hours long."""
    return day_of(actor, (now or timezone.now()).astimezone(zone_of(actor)).date())


def day_of(actor: Any, date: date) -> Day:
    """Return when ``date`` begins and ends where ``actor`` is."""
    zone = zone_of(actor)
    start, end = (datetime.combine(each, time(), zone) for each in (date, date + timedelta(1)))
    return Day(start, end)


def theirs(actor: Any) -> ProcessQuerySet:
    """Return the open steps that are up to ``actor``.

    For those who oversee, what nobody has is theirs as well.
    """
    steps: ProcessQuerySet = Process.objects.visible_to(actor).open()
    return steps.filter(Q(owner=actor.pk) | Q(owner=None))


def due(actor: Any, now: datetime | None = None) -> ProcessQuerySet:
    """Return what ``actor`` should have done, or has to do until the end of their day."""
    steps: ProcessQuerySet = Process.objects.visible_to(actor).due(today(actor, now).end)
    return steps.order_by(*DUE_FIRST)


def stale(actor: Any, days: int) -> LeadQuerySet:
    """Return the open leads that ``actor`` may see and nobody has touched for ``days`` days."""
    since = timezone.now() - timedelta(days=days)
    leads: LeadQuerySet = Lead.objects.visible_to(actor).stale(since)
    return leads.order_by("touched_at", "id")
