"""What the API shows and takes of API keys; the key itself leaves once."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import ApiKey
from accounts.scopes import Scope
from crm.base.api.fields import PersonField
from crm.base.api.serializers import RecordSerializer


class ApiKeySerializer(RecordSerializer):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False, required=False
    )
    created_by = PersonField()
    modified_by = PersonField()

    class Meta:
        model = ApiKey
        fields = [
            *("id", "name", "prefix", "is_weak", "scopes", "daily_limit", "expires_at"),
            *("is_active", "last_used_at", "created_at", "created_by", "updated_at"),
            *("modified_by", "version"),
        ]


class DayOfUseSerializer(serializers.Serializer[Any]):
    day = serializers.DateField(help_text=_("Of UTC."))
    used = serializers.IntegerField(help_text=_("Customers created"))


class UsedApiKeySerializer(ApiKeySerializer):
    """A key with its use; only describes the answer."""

    use = DayOfUseSerializer(
        many=True, read_only=True, help_text=_("The last 30 days, today the last.")
    )

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "use"]


class IssuedApiKeySerializer(ApiKeySerializer):
    """A key just made; only describes the answer."""

    key = serializers.CharField(read_only=True, help_text=_("Keep it: it is not shown again."))

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "key"]
