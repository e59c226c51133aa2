"""What comes in, as leniently as the replaced services took it."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from crm.base.api.parsers import check_text
from crm.base.api.serializers import RecordSerializer


class InvalidQuery(ValidationError):
    """A parameter of the query is not valid: 422, as FastAPI answers it."""

    place = "query"


class InvalidAddress(ValidationError):
    """The address names a record by something that is no number of one: 422."""

    place = "path"


class LenientSerializer(RecordSerializer):
    """A record's serializer that overlooks names it does not know, and those one may not set."""

    def to_internal_value(self, data: Any) -> Any:
        fields = self.fields
        known = {
            name: value
            for name, value in data.items()
            if name in fields and not fields[name].read_only
        }
        return super().to_internal_value(known)


class Query(serializers.Serializer[Any]):
    """Parameters of a query; those that it does not declare are overlooked."""

    @classmethod
    def of(cls, view: Any) -> dict[str, Any]:
        """Return the valid values of the view's query; raises ``InvalidQuery``."""
        given = {name: values[-1] for name, values in view.request.query_params.lists()}
        query = cls(data=given)
        if not query.is_valid():
            raise InvalidQuery(query.errors)
        values: dict[str, Any] = query.validated_data
        return values

    def to_internal_value(self, data: Mapping[str, Any]) -> Any:
        for name, value in data.items():
            if name in self.fields and isinstance(value, str):
                check_text(value)
        return super().to_internal_value(data)
