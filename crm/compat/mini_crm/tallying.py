"""Numbers for its dashboard."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from crm.base.storing import tallies


def counted(records: Any, columns: Mapping[str, Sequence[str]]) -> dict[str, dict[str, int]]:
    """Count ``records`` by each of ``columns``, whose values are given; without zeros."""
    counts: dict[str, Counter[str]] = {column: Counter() for column in columns}
    for group in tallies.counts(records):
        for column, counter in counts.items():
            counter[group[column]] += group["count"]
    return {
        column: {value: counts[column][value] for value in values if counts[column][value]}
        for column, values in columns.items()
    }
