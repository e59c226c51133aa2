"""Makes ready what many new records were, and writes the history of many at once."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model

from crm.base.context import current
from crm.base.storing.bulk_inserts import copy_rows, insert_rows
from crm.base.trail.changes import substance
from crm.base.trail.differences import changed_names
from crm.base.trail.history import entry_values, history_model, stamp

Stamps = Mapping[int | None, dict[str, Any]]


def prepare_story(first: Any, *later: Any) -> None:
    """Make the versions of a new record complete and valid."""
    given = substance(first) if later else None
    first.prepare()
    for version, record in enumerate(later, start=first.version + 1):
        record.version = version
        if substance(record) == given:  # which is valid
            record.__dict__.update(substance(first))
        else:
            record.validate()


def write_stories(model: Any, stories: Iterable[Sequence[Any]]) -> None:
    """Write the history of many records.

    A story is a record's versions, oldest first. It begins with what the history knows already,
    or with None when the record is new, and ends with what is stored.
    """
    steps = [list(pairwise(story)) for story in stories]
    stamps = _stamps(record for story in steps for _before, record in story)
    entries = [[_told(*step, stamps) for step in story] for story in steps]
    history = history_model(model)
    insert_rows(history, [entry for story in entries for entry in story[:-1]])
    copy_rows(model, history, [story[-1] for story in entries if story])


def _stamps(records: Iterable[Any]) -> Stamps:
    """Return the columns that tell who writes, by the user who modified the record.

    An import that nobody signed in for repeats what those people did elsewhere.
    """
    own, context = stamp(), current()
    repeats = context.source == "import" and not context.actor
    people = _people({record.modified_by_id for record in records}) if repeats else {}
    told = {
        pk: {"actor_name": one.actor_name, "actor_role": one.actor_role, "history_user_id": pk}
        for pk, one in people.items()
    }
    return {None: own, **{pk: own | author for pk, author in told.items()}}


def _people(pks: set[int | None]) -> dict[int, Any]:
    users: Any = get_user_model()._base_manager
    known = pks - {None}
    found: dict[int, Any] = users.in_bulk(known) if known else {}
    return found


def _told(before: Any, record: Any, stamps: Stamps) -> Mapping[str, Any]:
    columns = stamps.get(record.modified_by_id, stamps[None])
    if before is None:
        return entry_values(record, "+", [], columns)
    changed = changed_names(type(record), before.__dict__, record.__dict__)
    return entry_values(record, "~", changed, columns)
