"""What the feed reads: the histories of all models, found in the registry, and security events."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Any, ClassVar, Protocol

from django.db.models import Q, QuerySet

from audit.events import NAME, event_entry
from audit.trail import trails
from crm.base.context import API_KEY
from crm.base.models import SecurityEvent
from crm.base.trail import timeline
from crm.base.trail.differences import SILENT
from crm.base.trail.event_kinds import KINDS
from crm.base.trail.history import history_model

Question = Mapping[str, Any]
Entries = dict[int, dict[str, Any]]


class Table(Protocol):
    """Something that has entries, each with a time and a number, whose columns are ``order``."""

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> Any: ...
    @property
    def order(self) -> tuple[str, str]: ...

    def narrowed(self, question: Question, actor: Any) -> QuerySet[Any] | None:
        """Return the entries that answer ``question``; None when none can."""

    def entries(self, numbers: Collection[int], actor: Any) -> Entries:
        """Return the entries with these numbers, in as many statements however many they are."""


@dataclass(frozen=True)
class HistoryTable:
    """The history of a model."""

    model: Any
    order: ClassVar = timeline.ORDER
    lookups: ClassVar = {
        "record": "id",
        "user": "history_user_id",
        "key": "actor_name",
        "action": "action",
        "source": "source",
        "request_id": "request_id",
        "changed": "changed__names",
        "from": "history_date__gte",
        "to": "history_date__lte",
    }

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def history(self) -> Any:
        return history_model(self.model)

    def field_names(self) -> frozenset[str]:
        """Return the names of the fields whose changes are told."""
        names = {field.name for field in self.history.tracked_fields}
        return frozenset(names - SILENT)

    def narrowed(self, question: Question, actor: Any) -> QuerySet[Any] | None:
        told = self.field_names() - self.model.hidden_fields(actor)
        is_of_another = "changed" in question and question["changed"] not in told
        if is_of_another or question.get("action") in KINDS:
            return None
        return narrowed(self.history.objects.all(), self.lookups, question)

    def entries(self, numbers: Collection[int], actor: Any) -> Entries:
        return timeline.numbered(self.model, numbers, self.model.hidden_fields(actor))


class EventTable:
    """The security events, which change no record."""

    name = NAME
    model = SecurityEvent
    order = ("occurred_at", "id")
    lookups: ClassVar = {
        "user": "user_id",
        "key": "actor_name",
        "action": "kind",
        "source": "source",
        "request_id": "request_id",
        "from": "occurred_at__gte",
        "to": "occurred_at__lte",
    }

    def narrowed(self, question: Question, actor: Any) -> QuerySet[Any] | None:
        if question.keys() - self.lookups.keys() or question.get("action", "login") not in KINDS:
            return None
        return narrowed(SecurityEvent.objects.all(), self.lookups, question)

    def entries(self, numbers: Collection[int], actor: Any) -> Entries:
        events = SecurityEvent.objects.in_bulk(list(numbers))
        return {pk: event_entry(event) for pk, event in events.items()}


def narrowed(
    rows: QuerySet[Any], lookups: Mapping[str, str], question: Question
) -> QuerySet[Any] | None:
    asked = dict(question)
    if "key" in asked:
        names = asked.pop("key")
        if not names:
            return None
        # A key is no user, and the index of users holds those of none in the feed's order, too.
        rows = rows.filter(**{lookups["user"]: None}, actor_role=API_KEY)
        rows = rows.filter(reduce(or_, (_bearing(one, lookups) for one in names)))
    return rows.filter(**{lookups[name]: value for name, value in asked.items()})


def _bearing(borne: Any, lookups: Mapping[str, str]) -> Q:
    """Return what finds the entries of whoever bore the name while it was theirs."""
    ended = {lookups["to"]: borne.until} if borne.until else {}
    return Q(**{lookups["key"]: borne.name, lookups["from"]: borne.since, **ended})


@cache
def tables() -> dict[str, Table]:
    """Return the tables by name; a model with a history is there by itself."""
    found = [_table(trail.model) for trail in trails()]
    return {table.name: table for table in sorted(found, key=lambda table: table.name)}


def _table(model: Any) -> Table:
    return EventTable() if model is SecurityEvent else HistoryTable(model.instance_type)


def field_names() -> list[str]:
    """Return the names of all fields that a history tells of."""
    histories = [table for table in tables().values() if isinstance(table, HistoryTable)]
    return sorted({name for table in histories for name in table.field_names()})
