"""For migrations: what the entries of before tell by the columns that came later.

Their proofs vouch for what was found on the day of the migration.
"""

from collections.abc import Callable, Iterable
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from django.db.models import Max

from crm.base.trail.differences import SILENT, action
from crm.base.trail.proof import prove
from crm.base.trail.shapes import Shape, shape_of

BATCH = 1000  # records


def fill_history(app: str, *names: str) -> Callable[[Any, Any], None]:
    """Return what gives every entry of these models its action, what changed, and a proof."""

    def fill(apps: Any, schema_editor: Any) -> None:
        for name in names:
            history = apps.get_model(app, f"Historical{name}")
            fields = told_fields(apps.get_model(app, name), history)
            last = history.objects.aggregate(last=Max("id"))["last"] or 0
            for start in range(0, last, BATCH):
                rows = history.objects.filter(id__gt=start, id__lte=start + BATCH)
                ordered = rows.order_by("id", "history_id")
                for _, entries in groupby(ordered, key=attrgetter("id")):
                    compare(entries, fields, shape_of(history))
                history.objects.bulk_update(
                    ordered, ["action", "changed", "proof"], batch_size=BATCH
                )

    return fill


def told_fields(model: Any, history: Any) -> list[tuple[str, str]]:
    """Return name and column of the fields whose changes are told."""
    tracked = {field.name for field in history._meta.concrete_fields} - SILENT
    fields = model._meta.concrete_fields
    return [(field.name, field.attname) for field in fields if field.name in tracked]


def compare(entries: Iterable[Any], fields: list[tuple[str, str]], covered: Shape) -> None:
    """Compare each of a record's entries, oldest first, with the one before it."""
    for before, row in pairwise([None, *entries]):
        if before and row.history_type == "~":
            pairs = (
                (name, getattr(before, column), getattr(row, column)) for name, column in fields
            )
            row.changed = [name for name, old, new in pairs if old != new]
        row.action = action(row.history_type, row.changed, row)
        row.proof = prove(covered, row.__dict__)
