"""Serializers: strict about what comes in, and quick about what goes out.

Out: the columns a serializer needs are read with ``values()`` and answered as they are; only a
``Computed`` field adds work to a row. In: a name that is unknown or read-only is an error, foreign
keys go through ``visible_to``, uniqueness is the database's answer.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.validators import UniqueValidator

from crm.base.fields import Computed, PhoneInput, VisibleRelatedField
from crm.base.phones import PhoneField

Row = dict[str, Any]


class RecordSerializer(serializers.ModelSerializer[Any]):
    """The base of every record's serializer; ``Meta`` names the model and the fields."""

    serializer_related_field = VisibleRelatedField
    serializer_field_mapping: ClassVar[Any] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        PhoneField: PhoneInput,
    }

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return fresh copies of the fields, which are built by introspection only once."""
        fields = {name: copy.copy(field) for name, field in _fields(type(self)).items()}
        for name in self.hidden():
            fields.pop(name, None)
        return fields

    def hidden(self) -> frozenset[str]:
        """Return the fields that the actor of the request may neither see nor set."""
        request = self.context.get("request")
        model: Any = self.Meta.model
        return model.hidden_fields(request.user) if request else frozenset()

    def build_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return super().get_fields()

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, options = super().build_standard_field(field_name, model_field)
        validators = options.get("validators", [])
        options["validators"] = [v for v in validators if not isinstance(v, UniqueValidator)]
        return field_class, options

    def get_unique_together_validators(self) -> list[Any]:
        return []

    def to_internal_value(self, data: Any) -> Any:
        """Return the valid values; raise one error that names every field that is not."""
        errors: dict[str, Any] = {}
        for name in data if isinstance(data, Mapping) else ():
            if name not in self.fields:
                errors[name] = [ErrorDetail(_("There is no such field."), code="unknown")]
            elif self.fields[name].read_only:
                errors[name] = [ErrorDetail(_("The system sets this field."), code="read_only")]
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **errors}) from error  # type: ignore[dict-item]
        if errors:
            raise ValidationError(errors)
        return values

    def to_representation(self, instance: Model) -> Row:
        return self.finish({path: _follow(instance, path) for path in self.columns().values()})

    def columns(self) -> dict[str, str]:
        """Return ``{key in the row: path from the model}`` of what must be read."""
        columns: dict[str, str] = {}
        for name, field in self.fields.items():
            if isinstance(field, Computed):
                columns |= {path: path for path in field.columns()}
            elif not field.write_only:
                columns[name] = name
        return columns

    def finish(self, row: Row) -> Row:
        """Turn the columns read into the row answered."""
        answer: Row = {}
        for name, field in self.fields.items():
            if isinstance(field, Computed):
                answer[name] = field.compute(row)
            elif not field.write_only:
                answer[name] = row[name]
        return answer

    def rows(self, queryset: QuerySet[Any]) -> Iterator[Row]:
        """Yield a row for each record of ``queryset``, read with one statement."""
        columns = list(self.columns())
        rows: Iterable[Row] = queryset.values(*columns)
        if set(columns) == set(self.fields):
            yield from rows
        else:
            yield from map(self.finish, rows)


@cache
def _fields(serializer: type[RecordSerializer]) -> dict[str, Any]:
    return serializer().build_fields()


def _follow(instance: Any, path: str) -> Any:
    for name in path.split("__"):
        if instance is None:
            return None
        instance = getattr(instance, name)
    return instance.pk if isinstance(instance, Model) else instance
