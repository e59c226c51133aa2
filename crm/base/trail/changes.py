"""What a record was when it was loaded, and so what has changed since."""

from collections.abc import Collection
from functools import cache
from typing import Any, Self

from crm.base.storing.columns import columns_of
from crm.base.storing.making import QuicklyMade

# Who wrote a record, and when.
WRITERS = frozenset({"created_at", "created_by", "modified_by", "updated_at", "version"})


class Remembering(QuicklyMade):
    """Remembers the values that are stored."""

    _loaded: dict[str, Any]

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        instance = super().from_db(db, field_names, values, **options)
        instance._loaded = dict(zip(field_names, values, strict=False))
        return instance

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        super().refresh_from_db(*args, **options)
        self._remember()

    def _remember(self) -> None:
        stored = self.__dict__
        names = columns_of(type(self)).names
        self._loaded = {name: stored[name] for name in names if name in stored}

    def changed_fields(self) -> list[str]:
        """Return the column names whose value differs from the one loaded."""
        unknown = object()
        return [
            field.attname
            for field in self._meta.concrete_fields
            if field.attname in self.__dict__
            and self.__dict__[field.attname] != self._loaded.get(field.attname, unknown)
        ]


def substance(record: Any) -> dict[str, Any]:
    """Return the values by column, but for who wrote them and when."""
    kind: Any = type(record)
    return {name: record.__dict__[name] for name in _substantial(kind)}


@cache
def _substantial(model: Any) -> list[str]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return [field.attname for field in fields if field.name not in WRITERS]


def differs(record: Any, values: dict[str, Any]) -> bool:
    """Tell whether it has other values; what the database computes counts as other."""
    stored = record.__dict__
    return any(
        stored[record._meta.get_field(name).attname] != getattr(value, "pk", value)
        for name, value in values.items()
    )
