"""What its lists are asked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from rest_framework import serializers

from crm.compat.fields import Query

MOST = 100
FARTHEST = 10**9


class Moment(serializers.DateTimeField):
    """A moment, in UTC unless it says otherwise; or a day, which is its start or its ``end``."""

    def __init__(self, *, end: bool = False, **options: Any) -> None:
        self.edge = time.max if end else time.min
        super().__init__(default_timezone=UTC, required=False, **options)

    def to_internal_value(self, value: Any) -> datetime:
        try:
            return datetime.combine(date.fromisoformat(value), self.edge, UTC)
        except ValueError:
            return super().to_internal_value(value)


class Window(Query):
    """How many to skip, and how many to list; other parameters are conditions by their source.

    What is sent empty is not asked: the page's forms send it so.
    """

    skip = serializers.IntegerField(min_value=0, max_value=FARTHEST, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=MOST)

    def to_internal_value(self, data: Mapping[str, str]) -> Any:
        return super().to_internal_value({n: text for n, text in data.items() if text.strip()})
