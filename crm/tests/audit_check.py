"""Compares every live row with its newest history row."""

from typing import Any

from django.apps import apps

from crm.base.models import Record


def record_models() -> list[Any]:
    """Return every concrete business model."""
    return [model for model in apps.get_models() if issubclass(model, Record)]


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
