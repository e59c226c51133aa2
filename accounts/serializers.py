"""What the API shows and takes of users and sign-ins."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.roles import may
from crm.base.api.fields import Computed, VisibleRelatedField
from crm.base.api.serializers import RecordSerializer
from crm.base.errors import invalid
from crm.base.outbox.kinds import check_switches, switches
from crm.base.outbox.tables import Channel

LONGEST_PASSWORD = 128


class SignInSerializer(serializers.Serializer[Any]):
    """The password grant of OAuth 2 (RFC 6749, section 4.3.2), as a form or as JSON."""

    grant_type = serializers.ChoiceField(choices=["password"], required=False, write_only=True)
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(
        max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True
    )


class TokensSerializer(serializers.Serializer[Any]):
    """The answer of RFC 6749, section 5.1."""

    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text=_("Seconds until the access token expires."))


class RefreshSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=2000)


class PasswordSerializer(serializers.Serializer[Any]):
    current_password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)
    new_password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)


class UserSerializer(RecordSerializer):
    """A user as admins see them; ``password`` only comes in."""

    password = serializers.CharField(
        max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True
    )
    successor = VisibleRelatedField(
        queryset=User.objects.all(),
        write_only=True,
        required=False,
        allow_null=True,
        help_text=_("Who takes over the open work of somebody deactivated; null for nobody."),
    )

    class Meta:
        model = User
        fields = [
            *("id", "uuid", "username", "email", "role", "is_active", "successor", "phone"),
            *("language", "time_zone", "password", "created_at", "updated_at", "archived_at"),
            "version",
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "password" in attrs:
            attrs["password"] = self.context["view"].hashed_password
        if self.instance is None and attrs.pop("successor", None):
            raise invalid("successor", _("A new person leaves no work."), "invalid")
        return attrs

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        hashed = validated_data.pop("password", None)
        is_told = "successor" in validated_data
        instance.successor = validated_data.pop("successor", None)
        if validated_data.get("is_active") is False and not is_told:
            instance.ask_before_leaving()
        user: User = super().update(instance, validated_data)
        if hashed:
            user.change_password(hashed)
        return user


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["switch", "label", "channel", "on"],
            "properties": {
                "switch": {"type": "string"},
                "label": {"type": "string"},
                "channel": {"type": "string", "enum": Channel.values},
                "on": {"type": "boolean"},
            },
        },
    }
)
class NoticesField(Computed):
    """The kinds of notices that a user may get, by channel."""

    def columns(self) -> Sequence[str]:
        return "role", "notice_switches"

    def compute(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        chosen = row["notice_switches"]
        return [
            {
                "switch": name,
                "label": str(kind.label),
                "channel": channel.value,
                "on": chosen.get(name, kind.on_by_default),
            }
            for name, kind, channel in switches()
            if not kind.permission or may(row["role"], kind.permission)
        ]


class ProfileSerializer(RecordSerializer):
    """A user as they see themselves."""

    notice_switches = serializers.DictField(
        child=serializers.BooleanField(),
        required=False,
        validators=[check_switches],
        help_text=_("What one has switched on or off: the names that `notices` lists."),
    )
    notices = NoticesField(help_text=_("What one may be told about, and whether one is."))

    class Meta:
        model = User
        fields = [
            *("id", "uuid", "username", "email", "role", "is_active", "phone", "language"),
            *("time_zone", "notice_switches", "notices", "created_at", "updated_at", "version"),
        ]
        read_only_fields = ["username", "role", "is_active"]


class AssignableSerializer(RecordSerializer):
    """Somebody to give work to: no more than a list to pick from needs."""

    class Meta:
        model = User
        fields = ["id", "username", "role"]
