"""The numbers that its clients know records by: those of imported ones are not ours."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.base.api.fields import Computed, FromColumns, VisibleRelatedField
from crm.compat.models import LegacyId

SERVICE = "mini-crm"
POSITIVE = serializers.IntegerField(min_value=1)


class Ours(NamedTuple):
    """A record by our own number, in an answer that has yet to pass ``told``."""

    kind: str
    pk: int


def told(answer: Any) -> Any:
    """Return ``answer`` with the numbers that clients know; one statement for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for ours in _within(answer):
        wanted[ours.kind].add(ours.pk)
    shown = {kind: LegacyId.objects.shown(SERVICE, kind, pks) for kind, pks in wanted.items()}
    return _replaced(answer, shown)


def record(kind: str, number: int) -> int | None:
    """Return our own number of the record that clients know by ``number``."""
    return LegacyId.objects.record(SERVICE, kind, number)


def _within(value: Any) -> Iterator[Ours]:
    if isinstance(value, Ours):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _within(item)


def _replaced(value: Any, shown: dict[str, dict[int, str]]) -> Any:
    if isinstance(value, Ours):
        return int(shown[value.kind].get(value.pk, value.pk))
    if isinstance(value, dict):
        return {name: _replaced(item, shown) for name, item in value.items()}
    return [_replaced(item, shown) for item in value] if isinstance(value, list) else value


@extend_schema_field(OpenApiTypes.INT)
class Id(Computed):
    """The number of a record of this ``kind``: user, client or lead."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def columns(self) -> tuple[str]:
        return (str(self.source),)

    def compute(self, row: dict[str, Any]) -> Ours | None:
        pk = row[str(self.source)]
        return None if pk is None else Ours(self.kind, pk)


@extend_schema_field(OpenApiTypes.INT)
class Reference(FromColumns, VisibleRelatedField):
    """A foreign key by that number, of a record that the actor may see."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def columns(self) -> tuple[str]:
        return (f"{self.source}_id",)

    def compute(self, row: dict[str, Any]) -> Ours | None:
        pk = row[f"{self.source}_id"]
        return None if pk is None else Ours(self.kind, pk)

    def to_internal_value(self, data: Any) -> Any:
        pk = record(self.kind, POSITIVE.run_validation(data))
        if pk is None:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(pk)


class IdParameter(serializers.IntegerField):
    """Such a number in a query; becomes ours, or 0 where there is no such record."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(min_value=0, required=False, **options)

    def to_internal_value(self, data: Any) -> int:
        return record(self.kind, super().to_internal_value(data)) or 0
