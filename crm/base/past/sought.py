"""What is looked for in the past: by whom, by which words and values, in which order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from crm.base.past import keys as past_keys
from crm.base.past.counts import count_then

Records = TypeVar("Records", bound=QuerySet[Any])


@dataclass
class Sought:
    """What is known of the records that are looked for at ``moment``, which narrows what is read.

    ``visible`` holds the records that may be seen, where that are not all; ``among`` the keys that
    those who are looked for are among; ``archived`` what holds today of those that may have been
    archived; ``ordered`` the column that a list goes by.
    """

    moment: datetime
    visible: dict[Any, QuerySet[Any]] = field(default_factory=dict)
    among: dict[Any, set[int]] = field(default_factory=dict)
    archived: dict[Any, Q] = field(default_factory=dict)
    ordered: dict[Any, str] = field(default_factory=dict)
    paused: bool = False

    def through(self, visible: Records) -> Records:
        """Return what those records were that are ``visible`` today.

        What was deleted since is among them for whoever sees every record.
        """
        if visible.query.is_empty():
            return visible
        if visible.query.where:
            self.visible[visible.model] = visible.order_by()
        found: Records = visible.model._default_manager.all()
        return found

    def search(self, model: Any, terms: list[str]) -> bool:
        """Look for ``terms`` among the records that ever had them, where these are few.

        Return whether there may be any. Where they are many, some are soon met by reading one
        record after the other.
        """
        return self._narrow(model, past_keys.with_terms, terms)

    def look_up(self, model: Any, name: str, value: str) -> bool:
        """Look for ``value`` among the records that ever had it; return whether there are any."""
        return self._narrow(model, past_keys.with_value, name, value)

    def keep(self, model: Any, keys: QuerySet[Any]) -> bool:
        """Look among ``keys``, which another model's records had then, where these are few.

        Return whether there are any.
        """
        found = set(keys.order_by()[: past_keys.MOST_ALIKE + 1])
        return self._add(model, found if len(found) <= past_keys.MOST_ALIKE else None)

    def look_for_archived(self, model: Any) -> None:
        """Look for what was archived among what still is, and what was restored since."""
        with self.today():
            restored = past_keys.restored_since(model, self.moment)
        if restored is not None:
            again = Q(pk__in=restored) if restored else Q()
            self.archived[model] = again | Q(archived_at__isnull=False)

    def count(self, then: QuerySet[Any]) -> int | None:
        """Return how many rows ``then`` has; None for more than are counted in little time."""
        today = self.visible[then.model] & then if then.model in self.visible else then
        return count_then(then, today, self.moment, self.today)

    def _narrow(self, model: Any, find: Callable[..., set[int] | None], *sought: Any) -> bool:
        with self.today():
            found = find(model, *sought)
        return self._add(model, found)

    def _add(self, model: Any, found: set[int] | None) -> bool:
        if found is None:
            return True
        self.among[model] = found & self.among.get(model, found)
        return bool(self.among[model])

    @contextmanager
    def today(self) -> Iterator[None]:
        """Let the block read what is there now."""
        self.paused = True
        try:
            yield
        finally:
            self.paused = False
