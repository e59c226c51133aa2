"""Limits that hold across processes and survive a rollback.

They are counted in autocommit, before the unit of work opens. Endpoints declare limits in
django-ratelimit's notation; ``Budget`` is for what may be given back, such as a login that
turned out to be right.
"""

import math
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.core.cache import caches
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage
from rest_framework import exceptions


class TooMany(exceptions.Throttled):
    """Too many requests; ``wait`` is in seconds."""

    default_code = "rate_limited"
    extra_detail_singular = extra_detail_plural = ""

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.wait = max(1, math.ceil(wait))
        self.detail = exceptions.ErrorDetail(
            _("Too many attempts. Try again later."), code="rate_limited"
        )


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def check_rate(request: Any, group: str, key: Any, rate: str) -> None:
    """Count one request of ``group`` against ``rate`` such as ``"30/m"``; raise ``TooMany``."""
    usage = get_usage(request, group=group, key=key, rate=rate, increment=True)
    if usage and usage["should_limit"]:
        raise TooMany(usage["time_left"])


@dataclass(frozen=True)
class Budget:
    """``limit`` attempts in each window of ``seconds`` for whatever ``name`` names."""

    name: str
    limit: int
    seconds: int = 900

    @property
    def _cache(self) -> Any:
        return caches["counters"]

    @property
    def _window(self) -> int:
        return int(time.time()) // self.seconds

    def _key(self) -> str:
        return f"budget:{self.name}:{self._window}"

    def take(self) -> str:
        """Spend one attempt and return its receipt; raise ``TooMany`` when none is left."""
        key = self._key()
        started = self._cache.add(key, 1, self.seconds * 2)
        used = 1 if started else self._cache.incr(key)
        if used > self.limit:
            self._cache.incr(key, -1)
            raise TooMany((self._window + 1) * self.seconds - time.time())
        return key

    def give_back(self, receipt: str) -> None:
        """Undo the ``take`` that gave ``receipt``."""
        self._cache.incr(receipt, -1)
