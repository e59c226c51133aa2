"""Its users, and oneself."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.serializers import UserSerializer
from accounts.views import UserViewSet
from crm.base.api.permissions import SignedIn
from crm.base.api.refusals import BadRequest
from crm.compat.answers import Answers
from crm.compat.ids import Ours
from crm.compat.mini_crm.ids import IDS
from crm.compat.mini_crm.people import SHOWN, PersonFields
from crm.compat.mini_crm.queries import Window
from crm.compat.mini_crm.records import Records, missing
from crm.compat.signing_in import SignIn
from crm.compat.views import ServiceEndpoint

LENGTHS = 3, 50  # of a username


class UserFields(PersonFields, UserSerializer):
    """A user as administrators see them."""

    class Meta(PersonFields.Meta):
        fields: ClassVar = [*SHOWN, "password"]
        extra_kwargs: ClassVar = {"role": {"required": True}}

    def validate_username(self, name: str) -> str:
        """Hold new names to the service's lengths; one made elsewhere may be sent back."""
        if self.instance is None or name != self.instance.username:
            shortest, longest = LENGTHS
            serializers.CharField(min_length=shortest, max_length=longest).run_validation(name)
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leave the open leads of whoever is deactivated to nobody, for nobody can be asked."""
        leaves = self.instance is not None and attrs.get("is_active") is False
        return super().validate(attrs | {"successor": None} if leaves else attrs)


class Login(SignIn):
    def claims(self, user: User) -> dict[str, Any]:
        return {"user_id": IDS.told(Ours("user", user.pk)), "role": user.role}


class Me(ServiceEndpoint):
    permission_classes: Any = (SignedIn,)

    @extend_schema(responses=PersonFields)
    def get(self, request: Request) -> Response:
        """Who has signed in."""
        own = User.objects.visible_to(request.user).filter(pk=request.user.pk)
        return Response(IDS.told(next(PersonFields().rows(own))))


class Users(Records, UserViewSet):
    queryset = User.objects.live()
    serializer_class = UserFields
    kind = "user"
    order = ("id",)
    answers: ClassVar[Answers] = {
        **missing("User"),
        "taken:username": (400, "Username '{username}' already exists"),
        "taken:email": (400, "Email '{email}' already exists"),
        "own_account": (400, "Cannot delete your own account"),
    }

    @extend_schema(parameters=[Window])
    def list(self, request: Request) -> Response:
        """Users, inactive ones too, by their numbers."""
        return self.window(self.get_queryset(), Window.of(self))

    @extend_schema(responses={204: None, 400: OpenApiTypes.OBJECT})
    def destroy(self, request: Request, pk: str) -> Response:
        """Deactivate somebody else for good; nobody gets their open leads."""
        if self.get_object() == request.user:
            raise BadRequest("", code="own_account")
        return super().destroy(request, pk)
