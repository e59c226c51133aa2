"""Writes the history of many records at once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from crm.base.differences import changed_names
from crm.base.history import entry, history_model, stamp


def write_stories(model: Any, stories: Iterable[Sequence[Any]], batch_size: int) -> None:
    """Write the history of many records.

    A story is a record's versions, oldest first. It begins with what the history knows already,
    or with None when the record is new.
    """
    columns = stamp()
    entries = [entry for story in stories for entry in _told(story, columns)]
    history_model(model).objects.bulk_create(entries, batch_size=batch_size)


def _told(story: Sequence[Any], columns: dict[str, Any]) -> Iterator[Any]:
    for before, record in pairwise(story):
        if before is None:
            yield entry(record, "+", [], columns)
        else:
            changed = changed_names(type(record), before.__dict__, record.__dict__)
            yield entry(record, "~", changed, columns)
