"""Creates customers with and without history: ``python -m benchmarks.inside creations NUMBER``.

Both are ``save()``, in turns; without is the same statement without what writes the history.
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from django.db import connection
from django.db.models import Field

from crm.base import records
from crm.base.storing.statements import prepared_cursor
from crm.base.trail.fence import unaudited
from crm.base.trail.inserts import ROW, insert, values_of
from customers.models import Customer

ROUNDS = 8
_numbers = count(1)


def main(number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # or the disk is what is measured
    ratios = []
    for _ in range(ROUNDS):
        wall, cpu = measured(insert, int(number))
        with unaudited("what a history costs is seen without one"):
            bare_wall, bare_cpu = measured(without_history, int(number))
        ratios.append((wall / bare_wall, cpu / bare_cpu))
    wall, cpu = (statistics.median(values) for values in zip(*ratios, strict=True))
    print(json.dumps({"ratio": wall, "cpu": cpu}))


def measured(write: Callable[..., Any], number: int) -> tuple[float, float]:
    """Return the seconds that passed, and those of the processor."""
    vars(records)["insert"] = write
    started, used = time.perf_counter(), time.process_time()
    for one in range(number):
        which = next(_numbers)
        Customer(
            name=f"Ana {one}",
            email=f"created{which}@example.org",
            city="Caracas",
        ).save()
    return time.perf_counter() - started, time.process_time() - used


def without_history(record: Any, fields: "Sequence[Field[Any, Any]]") -> int:
    values = values_of(record, fields)
    quote = connection.ops.quote_name
    statement = ROW.format(
        records=quote(record._meta.db_table),
        columns=", ".join(quote(str(field.column)) for field in fields),
        values=", ".join(["%s"] * len(fields)),
    )
    with prepared_cursor() as cursor:
        return int(cursor.execute(f'{statement} "id"', values).fetchone()[0])
