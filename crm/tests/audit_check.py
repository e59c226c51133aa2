"""Compares every live row with its newest history row, and the tallies with the rows."""

from typing import Any

from django.apps import apps
from django.db.models import Count

from crm.base import tallies
from crm.base.models import Record
from crm.base.proof import holds
from crm.base.shapes import shape_of
from crm.base.tally_triggers import fields, is_archivable


def record_models() -> list[Any]:
    """Return every concrete business model; a test's proxy is none."""
    models = (model for model in apps.get_models() if issubclass(model, Record))
    return [model for model in models if not model._meta.proxy]


def drift() -> list[str]:
    """Return a line for each row that differs from its newest history, or lacks one."""
    return [line for model in record_models() for line in _drift_of(model)]


def _drift_of(model: Any) -> list[str]:
    history = model.history.model
    newest: dict[Any, Any] = {}
    for row in history.objects.order_by("history_id"):
        newest[row.id] = row
    names = [field.attname for field in history.tracked_fields]
    lines = []
    for record in model._base_manager.all():
        row = newest.pop(record.pk, None)
        if row is None:
            lines.append(f"{model.__name__} {record.pk} has no history")
            continue
        wrong = [name for name in names if getattr(row, name) != getattr(record, name)]
        if wrong:
            lines.append(f"{model.__name__} {record.pk} differs from its history in {wrong}")
    lines += [
        f"{model.__name__} {pk} is gone without a history row"
        for pk, row in newest.items()
        if row.history_type != "-"
    ]
    return lines


def proven_models() -> list[Any]:
    """Return the models whose rows carry a proof: histories, and the security events."""
    return [
        one for one in apps.get_models() if "proof" in {field.name for field in one._meta.fields}
    ]


def unproven() -> list[str]:
    """Return a line for each entry whose values are not those that its proof was made of."""
    return [
        f"{model.__name__} {entry.pk} is not proven"
        for model in proven_models()
        for entry in model._base_manager.all()
        if not holds(entry.proof, shape_of(model), entry.__dict__)
    ]


def miscounted() -> list[str]:
    """Return a line for each model whose tally is not what counting its live rows gives."""
    return [line for model in record_models() if fields(model) for line in _miscounted(model)]


def _miscounted(model: Any) -> list[str]:
    rows_of = model._base_manager
    live = rows_of.filter(archived_at=None) if is_archivable(model) else rows_of.all()
    names = [field.attname for field in fields(model)]
    rows = list(live.values(*names).annotate(count=Count("pk")))
    kept = tallies.counts(live)
    return [
        *(f"{model.__name__}: the tally lacks {row}" for row in rows if row not in kept),
        *(f"{model.__name__}: the tally invents {row}" for row in kept if row not in rows),
    ]
