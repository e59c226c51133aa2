"""Bodies that are no record: the arguments of a verb."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from crm.base.api.hints import unknown_fields


class Body(serializers.Serializer[Any]):
    """Reads the arguments of a verb; a name that is unknown is an error."""

    @classmethod
    def of(cls, view: Any) -> dict[str, Any]:
        """Return the valid values that the request of ``view`` brought; raises 422."""
        body = cls(data=view.request.data, context=view.get_serializer_context())
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        return values

    def to_internal_value(self, data: Any) -> Any:
        unknown = [name for name in data if name not in self.fields]
        if unknown and isinstance(data, Mapping):
            raise ValidationError(unknown_fields(unknown, self.fields))
        return super().to_internal_value(data)
