"""What a proof covers: the columns that a table had when it was made."""

import hashlib
import json
from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple


class Shape(NamedTuple):
    """The columns of a table that a proof covers, in their order, and what stands for them."""

    table: str
    names: tuple[str, ...]
    digest: str


@cache
def shape_of(model: Any) -> Shape:
    """Return what proofs of ``model``'s rows cover: every column but the key and the proof."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return shape(model._meta.db_table, [one.attname for one in fields if one.attname != "proof"])


def shape(table: str, names: Collection[str]) -> Shape:
    ordered = tuple(sorted(names))
    digest = hashlib.sha256(json.dumps([table, ordered]).encode()).hexdigest()
    return Shape(table, ordered, digest[:16])
