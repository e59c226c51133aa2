"""Serializer fields for what people write in several ways: each becomes the one that is stored."""

from typing import Any

from django.core.exceptions import ValidationError as ModelError
from rest_framework import serializers

from crm.base.phones import parse_phone
from crm.base.text import canonical_email


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


class CurrencyInput(serializers.CharField):
    """A currency's code in upper or lower case."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).strip().upper()
