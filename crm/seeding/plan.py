"""What to invent: everything that decides how the demo data look."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

# Told by a seeder how many records it has just finished.
Progress = Callable[[int], object]


@dataclass(frozen=True)
class Plan:
    """An order for demo data; equal plans on an empty database give equal rows but for ids.

    Everything happened before the day ``until``.
    """

    customers: int
    seed: int
    until: date
    locale: str = "es_ES"
    leads: int = 0
    invoices: int = 0
