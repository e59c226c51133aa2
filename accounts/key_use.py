"""How many customers each API key created on each day: counted exactly, and kept."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.base.quotas import Quota, QuotaExceeded
from crm.base.storing.statements import prepared_cursor

DAYS_SHOWN = 30
# One statement, so that of parallel requests each sees what the one before it left. The row stays
# locked until the transaction ends, and a rollback gives back what it took.
COUNT = """
    INSERT INTO accounts_apikeyuse (api_key_id, day, used) VALUES (%s, %s, 1)
    ON CONFLICT (api_key_id, day) DO UPDATE SET used = accounts_apikeyuse.used + 1
    WHERE accounts_apikeyuse.used < %s RETURNING used
"""


class ApiKeyUse(models.Model):
    """The customers that a key created on one day (UTC). Archiving them changes nothing here."""

    api_key = models.ForeignKey("accounts.ApiKey", models.PROTECT, related_name="use")
    day = models.DateField(_("day"))
    used = models.PositiveIntegerField(_("customers created"))

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["api_key", "day"], name="api_key_use_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.api_key_id} {self.day} {self.used}"

    @classmethod
    def count(cls, key_id: int, limit: int, moment: datetime) -> Quota:
        """Add one to the use on the day of ``moment``; return what is used.

        Raises ``QuotaExceeded`` when ``limit`` is reached. The day is that of the record, so that
        one which had to wait over midnight is counted on the day it bears.
        """
        day = moment.astimezone(UTC).date()
        with prepared_cursor() as cursor:
            found = cursor.execute(COUNT, [key_id, day.isoformat(), limit]).fetchone()
        quota = Quota("daily", limit, found[0] if found else limit, until_midnight())
        if found is None:
            raise QuotaExceeded(quota)
        return quota

    @classmethod
    def require(cls, key_id: int, limit: int) -> None:
        """Raise ``QuotaExceeded`` when what is used today has reached ``limit``."""
        today = timezone.now().astimezone(UTC).date()
        if cls.objects.filter(api_key=key_id, day=today, used__gte=limit).exists():
            raise QuotaExceeded(Quota("daily", limit, limit, until_midnight()))

    @classmethod
    def last_days(cls, key_id: int, number: int = DAYS_SHOWN) -> list[dict[str, Any]]:
        """Return ``{"day", "used"}`` for each of the last days, today the last."""
        today = timezone.now().astimezone(UTC).date()
        days = [today - timedelta(days=ago) for ago in reversed(range(number))]
        kept = cls.objects.filter(api_key=key_id, day__gte=days[0]).values_list("day", "used")
        used: dict[date, int] = dict(kept)
        return [{"day": day, "used": used.get(day, 0)} for day in days]


def until_midnight() -> int:
    """Return the seconds until the next day (UTC) begins, at least one."""
    now = timezone.now().astimezone(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    return max(1, -int((now - midnight).total_seconds() // 1))
