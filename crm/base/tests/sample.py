"""A concrete record to try the floor on, named by its label: the floor imports no app."""

from itertools import count
from typing import Any

from django.apps import apps

Sample: Any = apps.get_model("customers.Customer")
_numbers = count(1)


def make(**fields: Any) -> Any:
    """Return a stored record."""
    return Sample.objects.create(**{"name": f"Sample {next(_numbers)}"} | fields)


def history_of(record: Any) -> list[Any]:
    """Return the history rows of ``record``, oldest first."""
    return list(record.history.order_by("history_id"))
