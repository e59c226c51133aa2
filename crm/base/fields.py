"""Serializer fields of the shared floor."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.base.phones import parse_phone
from crm.base.text import canonical_email


class Computed(serializers.Field[Any, Any, Any, Any]):
    """A read-only field made from columns of the row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def columns(self) -> Sequence[str]:
        """Return the paths to read, as ``values()`` takes them."""
        raise NotImplementedError(f"{type(self).__name__} names no columns")

    def compute(self, row: dict[str, Any]) -> Any:
        """Return the field's value; ``row`` holds the columns."""
        raise NotImplementedError(f"{type(self).__name__} computes nothing")


@extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "required": ["id", "username"],
        "properties": {"id": {"type": "integer"}, "username": {"type": "string"}},
    }
)
class PersonField(Computed):
    """A user as ``{"id": 7, "username": "alice"}``; nothing else of them leaves."""

    def columns(self) -> Sequence[str]:
        return f"{self.source}_id", f"{self.source}__username"

    def compute(self, row: dict[str, Any]) -> dict[str, Any] | None:
        pk, username = (row[path] for path in self.columns())
        return None if pk is None else {"id": pk, "username": username}


class VisibleRelatedField(serializers.PrimaryKeyRelatedField[Any]):
    """A foreign key that knows only what the actor may see."""

    default_error_messages = {"does_not_exist": _("There is no such record.")}

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.visible_to(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("incorrect_type", data_type=type(data).__name__)
        if len(str(data)) > 18:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


class PhoneInput(serializers.CharField):
    """A phone number however written; becomes E.164."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"max_length": 40})

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return parse_phone(text)
        except ModelError as error:
            raise serializers.ValidationError(error.messages, code=error.code) from error


class EmailInput(serializers.EmailField):
    """An email address in any of Unicode's spellings; becomes the one that is stored."""

    def to_internal_value(self, data: Any) -> str:
        return canonical_email(super().to_internal_value(data))
