"""How its records are written: moments, texts, words of few, and the ids that clients know."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from crm.base.api.fields import FromColumns, VisibleRelatedField
from crm.base.api.plans import Row
from crm.compat.fields import LenientSerializer
from crm.compat.models import LegacyId

SLUG = "crm-microservice"
# What its ids are ids of, in the table of legacy ids.
LEAD, ACTION, PROCESS = "lead", "action", "process"


class Moment(FromColumns, serializers.DateTimeField):
    """``2024-03-20 10:00:00`` in UTC; what is sent back unchanged is kept to the microsecond."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, required=False, allow_null=True, **options)

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        kept = getattr(getattr(self.parent, "instance", None), str(self.source), None)
        return kept if kept and kept.replace(microsecond=0) == moment else moment

    def columns(self) -> Sequence[str]:
        return (str(self.source),)

    def compute(self, row: Row) -> str | None:
        moment: datetime | None = row[str(self.source)]
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else None


class Text(FromColumns, serializers.CharField):
    """A text that may be missing; it is null then."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, allow_blank=True, **options)

    def columns(self) -> Sequence[str]:
        return (str(self.source),)

    def compute(self, row: Row) -> str | None:
        return row[str(self.source)] or None


class Word(serializers.ChoiceField):
    """One of few words; another one is refused with those that there are."""

    def fail(self, key: str, **values: Any) -> Any:
        if key != "invalid_choice":
            super().fail(key, **values)
        message = _("The status is one of %(known)s.") % {"known": ", ".join(self.choices)}
        raise serializers.ValidationError(message, code=key)


class Reference(FromColumns, VisibleRelatedField):
    """Another record, by the id that clients know it by."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def columns(self) -> Sequence[str]:
        return (f"{self.source}_id",)

    def compute(self, row: Row) -> Any:
        return row[f"{self.source}_id"]

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("incorrect_type", data_type=type(data).__name__)
        record = LegacyId.objects.record(SLUG, self.kind, data)
        if record is None:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(record)


class Fields(LenientSerializer):
    """``kinds`` tells of what the fields that hold ids are ids."""

    kinds: ClassVar[dict[str, str]] = {}

    def rows(self, queryset: QuerySet[Any], by_key: bool = False) -> Iterator[Row]:
        return iter(self.told(list(super().rows(queryset, by_key))))

    def to_representation(self, instance: Model) -> Row:
        return self.told([super().to_representation(instance)])[0]

    def told(self, rows: list[Row]) -> list[Row]:
        """Put the ids that clients know into ``rows``; a statement for each kind."""
        for name, kind in self.kinds.items():
            numbers = {row[name] for row in rows} - {None}
            known = LegacyId.objects.shown(SLUG, kind, numbers)
            for row in rows:
                row[name] = _number(known.get(row[name], row[name]))
        return rows


def _number(shown: Any) -> Any:
    return int(shown) if isinstance(shown, str) and shown.isdecimal() else shown
