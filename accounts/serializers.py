"""What the API shows and takes of users and sign-ins."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from crm.base.serializers import RecordSerializer

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

    class Meta:
        model = User
        fields = [
            *("id", "uuid", "username", "email", "role", "is_active", "phone", "language"),
            *("time_zone", "password", "created_at", "updated_at", "archived_at", "version"),
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "password" in attrs:
            attrs["password"] = self.context["view"].hashed_password
        return attrs

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        hashed = validated_data.pop("password", None)
        user: User = super().update(instance, validated_data)
        if hashed:
            user.change_password(hashed)
        return user


class ProfileSerializer(RecordSerializer):
    """A user as they see themselves."""

    class Meta:
        model = User
        fields = [
            *("id", "uuid", "username", "email", "role", "is_active", "phone", "language"),
            *("time_zone", "created_at", "updated_at", "version"),
        ]
        read_only_fields = ["username", "role", "is_active"]


class AssignableSerializer(RecordSerializer):
    """Somebody to give work to: no more than a list to pick from needs."""

    class Meta:
        model = User
        fields = ["id", "username", "role"]
