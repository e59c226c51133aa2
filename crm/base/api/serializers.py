"""Serializers: strict about what comes in, and quick about what goes out.

Out: the columns a serializer needs are read at once and answered as they are; only a
``Computed`` field adds work to a row. In: a name that is unknown or read-only is an error, foreign
keys go through ``visible_to``, uniqueness is the database's answer.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, Self

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.validators import UniqueValidator

from crm.base.api.fields import (
    AmountField,
    Choice,
    VisibleRelatedField,
)
from crm.base.api.hints import unknown_fields
from crm.base.api.inputs import CurrencyInput, EmailInput, PhoneInput
from crm.base.api.plans import Plan, Row
from crm.base.api.prototypes import copy_of, expected_of, fields_of, prototype_of
from crm.base.money import CurrencyField, MoneyField
from crm.base.phones import PhoneField
from crm.base.records import Record
from crm.base.text import EmailField


class RecordSerializer(serializers.ModelSerializer[Any]):
    """The base of every record's serializer; ``Meta`` names the model and the fields."""

    serializer_related_field = VisibleRelatedField
    serializer_choice_field = Choice
    serializer_field_mapping: ClassVar[Any] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        PhoneField: PhoneInput,
        EmailField: EmailInput,
        CurrencyField: CurrencyInput,
        MoneyField: AmountField,
    }

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return fresh copies of the fields, which are built by introspection only once."""
        given = getattr(self, "initial_data", None)
        named = given if isinstance(given, Mapping) else ()
        # What a subclass makes of the values may name any field that can be set.
        as_given = type(self).to_internal_value is RecordSerializer.to_internal_value
        expected = expected_of(type(self), as_given)
        fields = {
            name: copy_of(field)
            for name, field in fields_of(type(self)).items()
            if given is None or name in named or name in expected
        }
        for name in self.hidden():
            fields.pop(name, None)
        return fields

    @classmethod
    def answering(cls, context: Mapping[str, Any]) -> Self:
        """Return a serializer that only answers; what is for values that come in is made once."""
        serializer: Self = copy_of(prototype_of(cls))
        serializer._context = context
        return serializer

    def hidden(self) -> frozenset[str]:
        """Return the fields that the actor of the request may neither see nor set."""
        actor = getattr(self.context.get("request"), "user", None)  # nobody describes the API
        model: Any = self.Meta.model
        return model.hidden_fields(actor) if actor else frozenset()

    def build_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return super().get_fields()

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, options = super().build_standard_field(field_name, model_field)
        validators = options.get("validators", [])
        options["validators"] = [v for v in validators if not isinstance(v, UniqueValidator)]
        return field_class, options

    def get_validators(self) -> list[Any]:
        """Leave out those that ask the database whether a value is taken."""
        return list(getattr(self.Meta, "validators", ()))

    @classmethod
    def creates_plainly(cls) -> bool:
        """Tell whether creating is to save one record, and nothing else."""
        model: Any = cls.Meta.model
        return cls.create is RecordSerializer.create and model.save is Record.save

    def create(self, validated_data: Row) -> Any:
        model: Any = self.Meta.model
        record = model(**validated_data)
        record.save(force_insert=True)
        return record

    def to_internal_value(self, data: Any) -> Any:
        """Return the valid values; raise one error that names every field that is not."""
        given = data if isinstance(data, Mapping) else ()
        fields = self.fields.fields  # without its mapping's detours
        errors: dict[str, Any] = {
            name: [ErrorDetail(_("The system sets this field."), code="read_only")]
            for name in given
            if name in fields and fields[name].read_only
        }
        if unknown := [name for name in given if name not in fields]:
            errors |= unknown_fields(unknown, self.writable())
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **errors}) from error  # type: ignore[dict-item]
        if errors:
            raise ValidationError(errors)
        return values

    def writable(self) -> list[str]:
        """Return the names of the fields that the actor may set."""
        hidden = self.hidden()
        fields = fields_of(type(self)).items()
        return [name for name, field in fields if not (field.read_only or name in hidden)]

    def plan(self) -> "Plan":
        return _plan(type(self), self.hidden())

    def to_representation(self, instance: Model) -> Row:
        return self.plan().row(instance)

    def rows(self, queryset: QuerySet[Any], by_key: bool = False) -> Iterator[Row]:
        """Return a row for each record of ``queryset``, read with one statement."""
        plan = self.plan()
        return map(plan.answer, plan.selection.rows(queryset, by_key))


@cache
def _plan(serializer: type[RecordSerializer], hidden: frozenset[str]) -> Plan:
    fields = serializer().fields.items()
    return Plan({name: field for name, field in fields if name not in hidden})
