"""The numbers that its clients know records by: users, clients and leads."""

from typing import Any

from rest_framework import serializers

from crm.compat import ids
from crm.compat.ids import Ids

IDS = Ids("mini-crm")
POSITIVE = serializers.IntegerField(min_value=1)


class Reference(ids.Reference):
    ids = IDS

    def checked(self, data: Any) -> int:
        number: int = POSITIVE.run_validation(data)
        return number


class IdParameter(serializers.IntegerField):
    """Such a number in a query; becomes ours, or 0 where there is no such record."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(min_value=0, required=False, **options)

    def to_internal_value(self, data: Any) -> int:
        return IDS.record(self.kind, super().to_internal_value(data)) or 0
