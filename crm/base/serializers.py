"""Serializers: strict about what comes in, and quick about what goes out.

Out: the columns a serializer needs are read with ``values()`` and answered as they are; only a
``Computed`` field adds work to a row. In: a name that is unknown or read-only is an error, foreign
keys go through ``visible_to``, uniqueness is the database's answer.
"""

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.validators import UniqueValidator

from crm.base.fields import Computed, EmailInput, PhoneInput, VisibleRelatedField
from crm.base.phones import PhoneField
from crm.base.text import EmailField

Row = dict[str, Any]


class RecordSerializer(serializers.ModelSerializer[Any]):
    """The base of every record's serializer; ``Meta`` names the model and the fields."""

    serializer_related_field = VisibleRelatedField
    serializer_field_mapping: ClassVar[Any] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        PhoneField: PhoneInput,
        EmailField: EmailInput,
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

    def plan(self) -> "Plan":
        return _plan(type(self), self.hidden())

    def to_representation(self, instance: Model) -> Row:
        plan = self.plan()
        return plan.answer({path: _follow(instance, path) for path in plan.columns})

    def rows(self, queryset: QuerySet[Any]) -> Iterator[Row]:
        """Return a row for each record of ``queryset``, read with one statement."""
        plan = self.plan()
        return map(plan.answer, queryset.values(*plan.columns))


class Plan:
    """What a serializer reads, and how that becomes what it answers; worked out once."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        shown = {name: field for name, field in fields.items() if not field.write_only}
        computed = {name: field for name, field in shown.items() if isinstance(field, Computed)}
        needed = [path for field in computed.values() for path in field.columns()]
        plain = [name for name in shown if name not in computed]
        self.columns = tuple(dict.fromkeys([*plain, *needed]))
        self._computes = [(name, computed.get(name)) for name in shown]

    def answer(self, row: Row) -> Row:
        """Turn the columns read into the row answered."""
        return {
            name: row[name] if field is None else field.compute(row)
            for name, field in self._computes
        }


@cache
def _plan(serializer: type[RecordSerializer], hidden: frozenset[str]) -> Plan:
    fields = serializer().fields.items()
    return Plan({name: field for name, field in fields if name not in hidden})


@cache
def _fields(serializer: type[RecordSerializer]) -> dict[str, Any]:
    return serializer().build_fields()


def _follow(instance: Any, path: str) -> Any:
    for name in path.split("__"):
        if instance is None:
            return None
        instance = getattr(instance, name)
    return instance.pk if isinstance(instance, Model) else instance
