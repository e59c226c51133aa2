"""What is asked about a model's columns at every ``save()``, worked out once."""

from functools import cache
from typing import Any, NamedTuple


class Columns(NamedTuple):
    """A model's columns, and the fields that are ``written`` of a record without a key."""

    names: tuple[str, ...]
    nullable: tuple[str, ...]
    written: tuple[Any, ...]


@cache
def columns_of(model: Any) -> Columns:
    fields = model._meta.concrete_fields
    return Columns(
        names=tuple(field.attname for field in fields),
        nullable=tuple(field.attname for field in fields if field.null),
        written=tuple(field for field in fields if not (field.primary_key or field.generated)),
    )
