"""How its records are written: moments, texts, words of few, and the ids that clients know."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from crm.base.api.fields import FromColumns
from crm.base.api.plans import Row
from crm.compat import ids
from crm.compat.fields import LenientSerializer
from crm.compat.ids import Ids

IDS = Ids("crm-microservice")
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


class Reference(ids.Reference):
    ids = IDS


class Fields(LenientSerializer):
    """The fields of a record, with the ids that clients know."""

    def rows(self, queryset: QuerySet[Any], by_key: bool = False) -> Iterator[Row]:
        return iter(IDS.told(list(super().rows(queryset, by_key))))

    def to_representation(self, instance: Model) -> Row:
        row: Row = IDS.told(super().to_representation(instance))
        return row
