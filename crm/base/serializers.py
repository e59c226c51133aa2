"""Serializers: strict about what comes in, and quick about what goes out.

Out: the columns a serializer needs are read at once and answered as they are; only a
``Computed`` field adds work to a row. In: a name that is unknown or read-only is an error, foreign
keys go through ``visible_to``, uniqueness is the database's answer.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.validators import UniqueValidator

from crm.base.fields import (
    AmountField,
    CurrencyInput,
    EmailInput,
    PhoneInput,
    VisibleRelatedField,
)
from crm.base.money import CurrencyField, MoneyField
from crm.base.phones import PhoneField
from crm.base.plans import Plan, Row
from crm.base.records import Record
from crm.base.text import EmailField


class RecordSerializer(serializers.ModelSerializer[Any]):
    """The base of every record's serializer; ``Meta`` names the model and the fields."""

    serializer_related_field = VisibleRelatedField
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
        refused = given if isinstance(given, Mapping) else ()
        fields = {
            name: _copy(field)
            for name, field in _fields(type(self)).items()
            # What comes in needs those that may not be set only to refuse them.
            if given is None or name in refused or not field.read_only
        }
        for name in self.hidden():
            fields.pop(name, None)
        return fields

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
        return model.objects.create(**validated_data)

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
        return plan.answer([_follow(instance, path) for path in plan.columns])

    def rows(self, queryset: QuerySet[Any], by_key: bool = False) -> Iterator[Row]:
        """Return a row for each record of ``queryset``, read with one statement."""
        plan = self.plan()
        return map(plan.answer, plan.selection.rows(queryset, by_key))


@cache
def _plan(serializer: type[RecordSerializer], hidden: frozenset[str]) -> Plan:
    fields = serializer().fields.items()
    return Plan({name: field for name, field in fields if name not in hidden})


@cache
def _fields(serializer: type[RecordSerializer]) -> dict[str, Any]:
    return serializer().build_fields()


def _copy(field: Any) -> Any:
    """Return a shallow copy, without asking how a field is pickled as ``copy.copy`` does."""
    twin = object.__new__(type(field))
    twin.__dict__.update(field.__dict__)
    return twin


def _follow(instance: Any, path: str) -> Any:
    for name in path.split("__"):
        if instance is None:
            return None
        instance = getattr(instance, name)
    return instance.pk if isinstance(instance, Model) else instance
