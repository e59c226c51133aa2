"""What was changed in its three tables, read from the histories of our records."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from accounts.models import User
from crm.base.trail.history import history_model
from crm.compat.ids import Ours
from crm.compat.mini_crm.client_fields import ClientFields
from crm.compat.mini_crm.ids import IDS
from crm.compat.mini_crm.lead_fields import LeadFields
from crm.compat.mini_crm.people import PersonFields, people
from customers.models import Customer
from leads.models import Lead

NOBODY = 0  # the number of whoever is no user


class Table(NamedTuple):
    name: str
    kind: str
    model: Any
    fields: Any


TABLES = (
    Table("users", "user", User, PersonFields),
    Table("clients", "client", Customer, ClientFields),
    Table("leads", "lead", Lead, LeadFields),
)
# An archived record only changes by being restored.
ACTIONS = {
    "create": Q(history_type="+"),
    "update": Q(history_type="~", archived_at=None),
    "delete": Q(history_type="-") | Q(history_type="~", archived_at__isnull=False),
}
# Its place among the tables, its own number there.
Key = tuple[int, int]


def keys(asked: dict[str, Any], start: int, stop: int) -> list[Key]:
    """Return which entries fit what is ``asked``, the newest first, from ``start`` to ``stop``."""
    name = asked.get("table_name")
    parts = [_part(place, asked) for place, one in enumerate(TABLES) if name in (None, one.name)]
    if not parts:
        return []
    every = parts[0].union(*parts[1:], all=True)
    newest = every.order_by("-history_date", "-history_id", "place")[start:stop]
    return [(place, number) for _date, number, place in newest]


def _part(place: int, asked: dict[str, Any]) -> QuerySet[Any, Any]:
    rows = history_model(TABLES[place].model).objects.order_by()
    if (number := asked.get("record_id")) is not None:
        rows = rows.filter(id=IDS.record(TABLES[place].kind, number) or NOBODY)
    if (number := asked.get("user_id")) is not None:
        rows = rows.filter(
            history_user_id=(IDS.record("user", number) or NOBODY) if number else None
        )
    if action := asked.get("action"):
        rows = rows.filter(ACTIONS[action])
    chosen: QuerySet[Any, Any] = rows.annotate(place=Value(place)).values_list(
        "history_date", "history_id", "place"
    )
    return chosen


def entries(chosen: Sequence[Key], actor: Any) -> list[dict[str, Any]]:
    """Return the entries of those keys, in their order; three statements for each table."""
    by_place: dict[int, list[int]] = defaultdict(list)
    for place, number in chosen:
        by_place[place].append(number)
    found = {
        (place, row.history_id): (row, before)
        for place, numbers in by_place.items()
        for row, before in _pairs(TABLES[place].model, numbers)
    }
    names = {(row.history_user_id, row.actor_name) for row, _before in found.values()}
    known = people(actor, names, NOBODY)
    return [_entry(key, *found[key], known) for key in chosen]


def _pairs(model: Any, numbers: list[int]) -> Iterator[tuple[Any, Any]]:
    """Yield each row with the one before it, which is None for the first."""
    history = history_model(model).objects
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    last = earlier.order_by("-history_id").values("history_id")[:1]
    rows = list(history.filter(history_id__in=numbers).annotate(last=Subquery(last)))
    before = history.in_bulk([row.last for row in rows if row.last])
    return ((row, before.get(row.last)) for row in rows)


def _entry(key: Key, row: Any, before: Any, known: dict[Any, Any]) -> dict[str, Any]:
    place, number = key
    table, action = TABLES[place], _action(row)
    values = table.fields().to_representation
    user = known[row.history_user_id, row.actor_name]
    return {
        "id": number * len(TABLES) + place,
        "table_name": table.name,
        "record_id": Ours(table.kind, row.id),
        "action": action,
        "old_values": values(before) if before and action != "create" else None,
        "new_values": values(row) if action != "delete" else None,
        "changed_by_id": user["id"],
        "created_at": row.history_date,
        "user": user,
    }


def _action(row: Any) -> str:
    if row.history_type == "~":
        return "delete" if row.archived_at else "update"
    return "create" if row.history_type == "+" else "delete"
