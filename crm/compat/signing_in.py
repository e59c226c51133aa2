"""The address at which a service gives its tokens."""

from typing import Any, ClassVar

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.login import sign_in
from accounts.models import User
from accounts.serializers import LONGEST_PASSWORD
from crm.compat.models import USERNAME, LegacyId
from crm.compat.tokens import issue
from crm.compat.views import FORMS, PublicEndpoint


class Credentials(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["bearer"])


class SignIn(PublicEndpoint):
    """Takes a form as OAuth 2 says, or JSON; a service's own claims are named by ``claims``."""

    parser_classes: Any = FORMS
    may_answer: ClassVar = ("wrong_credentials",)
    replayable = False
    in_unit_of_work = False

    def claims(self, user: User) -> dict[str, Any]:
        return {}

    def find(self, name: str) -> User | None:
        """Return whom the service's clients mean by ``name``.

        That is who had it in the service, also when somebody else has it here; but not who was
        taken over without a password, as long as there is somebody else.
        """
        former = LegacyId.objects.of(self.service.slug, USERNAME).filter(legacy_id=name)
        meant = Q(username=name) | Q(pk__in=former.values("record_id"))
        users = sorted(User.objects.live().filter(meant), key=lambda user: user.username == name)
        return next((user for user in users if user.has_usable_password()), next(iter(users), None))

    @extend_schema(request=Credentials, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        """Sign in. Wrong guesses are limited per person and per network."""
        form = Credentials(data=request.data)
        form.is_valid(raise_exception=True)
        user = sign_in(**form.validated_data, find=self.find)
        agent = request.headers.get("User-Agent", "")
        return Response(issue(self.service, user, agent, **self.claims(user)))
