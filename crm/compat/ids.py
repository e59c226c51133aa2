"""The ids that a service's clients know records by: those of imported ones are not ours.

A service has ``IDS = Ids("its-slug")``, fields that answer ``Ours``, and passes what it answers
through ``IDS.told``.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from crm.base.api.fields import Computed, FromColumns, VisibleRelatedField
from crm.compat.models import LegacyId


class Ours(NamedTuple):
    """A record by our own number, in an answer that has yet to pass ``told``."""

    kind: str
    pk: int


class Ids(NamedTuple):
    """The ids of one service, by the kind of record: user, client, lead, …"""

    service: str

    def record(self, kind: str, shown: str | int) -> int | None:
        """Return our own number of the record that clients know as ``shown``."""
        return LegacyId.objects.record(self.service, kind, shown)

    def told(self, answer: Any) -> Any:
        """Return ``answer`` with the ids that clients know; one statement for each kind."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for ours in _within(answer):
            wanted[ours.kind].add(ours.pk)
        known = LegacyId.objects.shown
        shown = {kind: known(self.service, kind, pks) for kind, pks in wanted.items()}
        return _replaced(answer, shown)


def _within(value: Any) -> Iterator[Ours]:
    if isinstance(value, Ours):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _within(item)


def _replaced(value: Any, shown: dict[str, dict[int, str]]) -> Any:
    if isinstance(value, Ours):
        known = shown[value.kind].get(value.pk, "")
        return known if known and not known.isdecimal() else int(known or value.pk)
    if isinstance(value, dict):
        return {name: _replaced(item, shown) for name, item in value.items()}
    return [_replaced(item, shown) for item in value] if isinstance(value, list) else value


@extend_schema_field(OpenApiTypes.INT)
class Id(Computed):
    """The id of a record of this ``kind``."""

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
    """A foreign key by that id, of a record that the actor may see; a service names its ``ids``."""

    ids: ClassVar[Ids]

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def columns(self) -> tuple[str]:
        return (f"{self.source}_id",)

    def compute(self, row: dict[str, Any]) -> Ours | None:
        pk = row[f"{self.source}_id"]
        return None if pk is None else Ours(self.kind, pk)

    def checked(self, data: Any) -> str | int:
        """Return what was sent, where it can be an id."""
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return data

    def to_internal_value(self, data: Any) -> Any:
        pk = self.ids.record(self.kind, self.checked(data))
        if pk is None:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(pk)
