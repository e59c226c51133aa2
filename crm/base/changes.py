"""What a record was when it was loaded, and so what has changed since."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models


class Remembering(models.Model):
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
        self._loaded = {
            field.attname: self.__dict__[field.attname]
            for field in self._meta.concrete_fields
            if field.attname in self.__dict__
        }

    def changed_fields(self) -> list[str]:
        """Return the column names whose value differs from the one loaded."""
        unknown = object()
        return [
            field.attname
            for field in self._meta.concrete_fields
            if field.attname in self.__dict__
            and self.__dict__[field.attname] != self._loaded.get(field.attname, unknown)
        ]
