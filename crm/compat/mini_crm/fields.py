"""What its fields have in common: text that is null where there is none, and what null means."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from rest_framework import serializers

from crm.base.api.fields import FromColumns
from crm.compat.fields import LenientSerializer


class OptionalText(FromColumns, serializers.CharField):
    """Text that is null where there is none."""

    def columns(self) -> tuple[str]:
        return (str(self.source),)

    def compute(self, row: dict[str, Any]) -> str | None:
        return row[str(self.source)] or None

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, "") if data is None else super().validate_empty_values(data)


class Fields(LenientSerializer):
    """A record's fields; a PATCH with null clears what may be null, and overlooks the rest."""

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, options = super().build_standard_field(field_name, model_field)
        optional = isinstance(model_field, models.CharField | models.TextField) and (
            model_field.blank and not model_field.null
        )
        return (
            (OptionalText, options | {"allow_null": True}) if optional else (field_class, options)
        )

    def to_internal_value(self, data: Mapping[str, Any]) -> Any:
        if self.partial:
            fields = self.fields
            data = {
                name: value
                for name, value in data.items()
                if value is not None or (name in fields and fields[name].allow_null)
            }
        return super().to_internal_value(data)
