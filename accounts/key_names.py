"""What the histories call a key: it may be renamed, and another may take its name."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from accounts.api_keys import AS_ACTOR, ApiKey


class Borne(NamedTuple):
    """A name, and the time in which it was one key's: open where no other has taken it."""

    name: str
    since: datetime
    until: datetime | None


def borne_by(pk: int) -> list[Borne]:
    """Return the names of the key ``pk``; none for a number that is no key's.

    A name stays its own until another takes it, for what was under way when it was renamed.
    """
    names = ApiKey.history.filter(id=pk).order_by().values("name")
    rows = ApiKey.history.filter(name__in=names).order_by("name", "history_date", "history_id")
    entries = rows.values_list("name", "id", "history_date")
    found = []
    for name, told in groupby(entries, itemgetter(0)):
        taken = list(_taken(told))
        ends = [*(since for _key, since in taken[1:]), None]
        for (key, since), until in zip(taken, ends, strict=True):
            if key == pk:
                found.append(Borne(AS_ACTOR.format(name), since, until))
    return found


def _taken(entries: Iterator[tuple[str, int, datetime]]) -> Iterator[tuple[int, datetime]]:
    """Yield each key that took the name, and when, from the entries of keys that bore it."""
    for key, of in groupby(entries, itemgetter(1)):
        yield key, next(of)[2]
