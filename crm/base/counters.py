"""Counters that are exact across processes, as a Django cache backend.

django-ratelimit counts with ``add`` and ``incr``. Django's shared caches lose counts between the
two, and the base class's ``incr`` resets the time to live; here each is one SQL statement.
"""

import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from crm.base.technical import Counter

FOREVER = 2**40

ADD = """
    INSERT INTO base_counter (key, value, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
    WHERE base_counter.expires_at <= %s RETURNING value
"""
INCREMENT = """
    UPDATE base_counter SET value = value + %s WHERE key = %s AND expires_at > %s RETURNING value
"""


def _one(statement: str, parameters: list[Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return row[0] if row else None


class CounterCache(BaseCache):
    """A cache of integers in the table of ``Counter``."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _expiry(self, timeout: Any) -> int:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return FOREVER if seconds is None else int(time.time() + seconds)

    def add(
        self, key: str, value: int, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Start the counter at ``value`` unless it runs already; return whether it was started."""
        name = self.make_and_validate_key(key, version=version)
        now = int(time.time())
        return _one(ADD, [name, value, self._expiry(timeout), now]) is not None

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add ``delta`` and return the sum; raises ``ValueError`` when nothing is counted."""
        name = self.make_and_validate_key(key, version=version)
        value = _one(INCREMENT, [delta, name, int(time.time())])
        if value is None:
            raise ValueError(f"The counter {key!r} is not running.")
        return value

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        name = self.make_and_validate_key(key, version=version)
        live = Counter.objects.filter(key=name, expires_at__gt=int(time.time()))
        value = live.values_list("value", flat=True).first()
        return default if value is None else value

    def set(
        self, key: str, value: int, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        name = self.make_and_validate_key(key, version=version)
        defaults = {"value": value, "expires_at": self._expiry(timeout)}
        Counter.objects.update_or_create(key=name, defaults=defaults)

    def delete(self, key: str, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        return bool(Counter.objects.filter(key=name).delete()[0])

    def clear(self) -> None:
        Counter.objects.all().delete()
