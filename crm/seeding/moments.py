"""When things happened: a business that grows a little, seen during opening hours."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from random import Random

DAYS = 730  # two years
GROWTH = 0.3  # the last days are busier than the first: 1.3 times the average against 0.7
HOURS = range(24)
# Somebody is always at work, most of them from nine to six.
BUSYNESS = [1] * 7 + [10, 30, 70, 80, 80, 60, 50, 70, 80, 70, 50, 25, 12] + [5] * 4


class Calendar:
    """Draws moments before the first minute of ``until``, in the time zone ``zone``."""

    def __init__(self, random: Random, until: date, zone: tzinfo) -> None:
        self._random = random
        self._end = until
        self._zone = zone

    def beginnings(self, count: int) -> Iterator[datetime]:
        """Yield ``count`` moments of the last two years, oldest first."""
        busy = Counter(self._days_ago() for _ in range(count))
        for days_ago in sorted(busy, reverse=True):
            yield from sorted(self._moment(days_ago) for _ in range(busy[days_ago]))

    def after(self, moment: datetime) -> datetime | None:
        """Return a moment on a later day, some months on as a rule; None if it is yet to come."""
        passed = (self._end - moment.date()).days
        days_ago = passed - 1 - int(self._random.expovariate(1 / 120))
        return self._moment(days_ago) if days_ago > 0 else None

    def _days_ago(self) -> int:
        share = self._random.random()
        if self._random.random() < GROWTH:
            share = max(share, self._random.random())
        days_ago = DAYS - int(share * DAYS)
        if self._day(days_ago).weekday() >= 5 and self._random.random() < 0.7:
            days_ago = min(days_ago + 2, DAYS)
        return days_ago

    def _day(self, days_ago: int) -> date:
        return self._end - timedelta(days=days_ago)

    def _moment(self, days_ago: int) -> datetime:
        pick = self._random
        hour = pick.choices(HOURS, BUSYNESS)[0]
        clock = time(hour, pick.randrange(60), pick.randrange(60), pick.randrange(1_000_000))
        return datetime.combine(self._day(days_ago), clock, self._zone)
