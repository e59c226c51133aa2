"""Its users: an administrator or not; we know more roles."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.roles import Role
from accounts.serializers import UserSerializer
from accounts.views import UserViewSet
from crm.base.api.fields import FromColumns
from crm.base.api.refusals import BadRequest
from crm.compat.answers import Answers
from crm.compat.fields import LenientSerializer
from crm.compat.the_crm_service.records import (
    DeletableRecords,
    Moment,
    PageQuery,
    page,
    page_of,
)


class IsAdmin(FromColumns, serializers.BooleanField):
    def columns(self) -> Sequence[str]:
        return ("role",)

    def compute(self, row: dict[str, Any]) -> bool:
        return bool(row["role"] == Role.ADMIN)


class UsersQuery(PageQuery):
    only_users = serializers.BooleanField(default=False)


class UserFields(LenientSerializer, UserSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    is_admin = IsAdmin(source="role", required=False)
    dt_created = Moment(source="created_at", read_only=True)
    dt_updated = Moment(source="updated_at", read_only=True)
    dt_deleted = Moment(source="archived_at", allow_null=True)

    class Meta:
        model = User
        fields = [
            *("id", "username", "password", "is_admin", "dt_created", "dt_updated", "dt_deleted"),
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the role: whoever is no longer an administrator sells; management stays."""
        if "role" in attrs:
            was = self.instance.role if self.instance else Role.SALES
            otherwise = Role.SALES if was == Role.ADMIN else was
            attrs["role"] = Role.ADMIN if attrs["role"] else otherwise
        return super().validate(attrs)


class NewUser(UserFields):
    class Meta(UserFields.Meta):
        fields = ["username", "password", "is_admin"]


class UserIdSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()


class Users(DeletableRecords, UserViewSet):
    serializer_class = UserFields
    answers: ClassVar[Answers] = {
        "not_found": (404, "User not found."),
        "taken:username": (400, "Username already exists."),
        "bad_uuid": (400, "UUID is not valid."),
    }
    may_answer: ClassVar = ("bad_uuid",)

    def named(self) -> Q:
        try:
            return Q(uuid=UUID(self.kwargs["pk"]))
        except ValueError as error:
            raise BadRequest("", code="bad_uuid") from error

    @extend_schema(parameters=[UsersQuery], responses=page_of(UserFields))
    def list(self, request: Request) -> Response:
        """Users by page: without administrators, or without inactive ones, if asked to."""
        asked = UsersQuery.of(self)
        users = self.get_queryset()
        if asked["only_users"]:
            users = users.exclude(role=Role.ADMIN)
        return page(self, users.filter(is_active=True) if asked["only_actives"] else users, asked)

    @extend_schema(request=NewUser, responses={201: UserIdSerializer})
    def create(self, request: Request) -> Response:
        """Create a user; the password must not be a weak one."""
        form = NewUser(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return Response({"id": form.save().uuid}, 201)
