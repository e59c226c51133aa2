"""Work that comes round by the clock; an app registers its own in a module that ``ready`` imports::

    jobs.register("stale_leads", Every(minutes=60, run=remind))
    jobs.register("follow_ups_due", EveryMorning(hour=7, run=send_digests))

However many workers there are, each run is done by one. A run that fails or whose worker dies is
repeated, so a job does nothing twice: its notices have keys.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model

from crm.base.context import acting, new_request_id
from crm.base.outbox.delivery import delay, described, milliseconds_since
from crm.base.outbox.tables import JOB_LEASE, JobRun

logger = logging.getLogger("crm.jobs")
MOST_ATTEMPTS = 8  # about an hour; then the next slot has its turn


class Turn(NamedTuple):
    """A run that is due: once for each ``slot``."""

    slot: str
    run: Callable[[], Any]


class Job(Protocol):
    def due(self, now: datetime) -> Iterator[Turn]:
        """Yield the turns of ``now``; those that were missed are not made up for."""


@dataclass(frozen=True)
class Every:
    """Every so many minutes, counted from midnight UTC; ``run(moment)`` gets the turn's start."""

    minutes: int
    run: Callable[[datetime], Any]

    def due(self, now: datetime) -> Iterator[Turn]:
        length = self.minutes * 60
        start = datetime.fromtimestamp(now.timestamp() // length * length, UTC)
        yield Turn(start.isoformat(), partial(self.run, start))


@dataclass(frozen=True)
class EveryMorning:
    """Once a day, as soon as it is ``hour`` where people are.

    ``run(people, day)`` gets those who live by one time zone, and their date. Where clocks skip the
    hour it is the next one, where they repeat it the first.
    """

    hour: int
    run: Callable[[Any, date], Any]

    def due(self, now: datetime) -> Iterator[Turn]:
        people = get_user_model()._default_manager.filter(is_active=True)
        chosen = set(people.order_by().values_list("time_zone", flat=True).distinct())
        for zone in sorted({name or settings.TIME_ZONE for name in chosen}):
            local = now.astimezone(ZoneInfo(zone))
            if local.hour >= self.hour:
                names = [zone, ""] if zone == settings.TIME_ZONE else [zone]
                neighbours = people.filter(time_zone__in=names)
                yield Turn(f"{local:%Y-%m-%d} {zone}", partial(self.run, neighbours, local.date()))


_jobs: dict[str, Job] = {}


def register(name: str, job: Job) -> None:
    if name in _jobs:
        raise ValueError(f"There is a job {name!r} already.")
    _jobs[name] = job


def unregister(name: str) -> None:
    del _jobs[name]


def run_due(now: datetime) -> int:
    """Run every job whose turn it is and nobody's yet; return how many this worker ran."""
    return sum(_run_once(name, turn, now) for name, turn in _open_turns(now))


def _open_turns(now: datetime) -> list[tuple[str, Turn]]:
    turns = [(name, turn) for name, job in _jobs.items() for turn in job.due(now)]
    done = JobRun.objects.filter(slot__in=[turn.slot for _name, turn in turns])
    settled = set(done.exclude(done_at=None).values_list("name", "slot"))
    return [(name, turn) for name, turn in turns if (name, turn.slot) not in settled]


def _run_once(name: str, turn: Turn, now: datetime) -> bool:
    JobRun.objects.bulk_create([JobRun(name=name, slot=turn.slot)], ignore_conflicts=True)
    runs = JobRun.objects.filter(
        name=name, slot=turn.slot, done_at=None, attempts__lt=MOST_ATTEMPTS
    )
    run = runs.take(now, JOB_LEASE)
    if run is None:
        return False
    with acting(source="worker", request_id=new_request_id(), actor=None, address="", reason=""):
        _run(run, turn, now)
    return True


def _run(run: JobRun, turn: Turn, now: datetime) -> None:
    started = time.perf_counter()
    try:
        turn.run()
    except Exception as error:  # noqa: BLE001 — a job of any app; the others go on
        run.put_off(described(error), now + delay(run.attempts))
    else:
        run.finish(now)
    seen = {"job": run.name, "slot": run.slot, "attempts": run.attempts, "reason": run.error}
    level = logging.WARNING if run.error else logging.INFO
    logger.log(level, "job", extra=seen | {"milliseconds": milliseconds_since(started)})
