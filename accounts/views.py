"""Sign-in, one's own profile, and the users an admin manages."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.tokens import Token

from accounts.filters import AssignableFilter, UserFilter
from accounts.login import sign_in
from accounts.models import AuthSession, User, hash_of
from accounts.serializers import (
    LONGEST_PASSWORD,
    AssignableSerializer,
    PasswordSerializer,
    ProfileSerializer,
    RefreshSerializer,
    SignInSerializer,
    TokensSerializer,
    UserSerializer,
)
from accounts.tokens import open_session, renew
from crm.base.api import etags
from crm.base.api.archivable_viewsets import ArchivableViewSet
from crm.base.api.parsers import StrictFormParser, StrictJSONParser
from crm.base.api.permissions import SignedIn
from crm.base.api.refusals import BadRequest
from crm.base.api.views import Endpoint
from crm.base.api.viewsets import RecordViewSet
from crm.base.errors import invalid
from crm.base.limits import Budget
from crm.base.storing.unit_of_work import unit_of_work
from crm.base.trail import security_events


class AuthEndpoint(Endpoint):
    """Endpoints whose answers hold secrets: stored for no replay, inside no long transaction."""

    replayable = False
    in_unit_of_work = False
    serializer_class: ClassVar[Any]

    def get_authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def values(self, request: Request) -> dict[str, Any]:
        serializer = self.serializer_class(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values


class LoginView(AuthEndpoint):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (StrictJSONParser, StrictFormParser)
    serializer_class = SignInSerializer

    @extend_schema(operation_id="auth_login", responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Sign in. Wrong guesses are limited per person and per network."""
        values = self.values(request)
        user = sign_in(values["username"], values["password"])
        return Response(open_session(user, request.headers.get("User-Agent", "")))


class RefreshView(AuthEndpoint):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (StrictJSONParser, StrictFormParser)
    serializer_class = RefreshSerializer

    @extend_schema(operation_id="auth_refresh", responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Exchange a refresh token, which works once, for a new pair."""
        return Response(renew(self.values(request)["refresh_token"]))


class LogoutView(AuthEndpoint):
    permission_classes = (SignedIn,)

    @extend_schema(operation_id="auth_logout", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """End this session: its access and refresh tokens stop at once."""
        AuthSession.objects.filter(pk=cast("Token", request.auth)["sid"]).revoke()
        security_events.note("logout")
        return Response(status=204)


class PasswordView(AuthEndpoint):
    permission_classes = (SignedIn,)
    serializer_class = PasswordSerializer

    @extend_schema(operation_id="auth_password", responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Change one's own password: every other session ends, this one gets new tokens."""
        values = self.values(request)
        user = User.objects.get(pk=request.user.pk)
        receipt = (budget := Budget(f"password:{user.pk}", 10)).take()
        if not user.check_password(values["current_password"]):
            raise invalid("current_password", _("This is not your password."), "wrong_password")
        budget.give_back(receipt)
        hashed = hash_of(values["new_password"], user, field="new_password")
        unit_of_work(lambda: user.change_password(hashed))
        return Response(open_session(user, request.headers.get("User-Agent", "")))


class MeView(Endpoint):
    permission_classes = (SignedIn,)
    serializer_class = ProfileSerializer

    @extend_schema(operation_id="auth_me", responses=ProfileSerializer)
    def get(self, request: Request) -> Response:
        return self.answer(request, User.objects.get(pk=request.user.pk))

    @extend_schema(operation_id="auth_me_update", responses=ProfileSerializer)
    def patch(self, request: Request) -> Response:
        """Change one's own email, phone, language, time zone, or what one is told about."""
        user = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
        etags.check_match(request, user.pk, user.version)
        context = {"request": request}
        serializer = ProfileSerializer(user, data=request.data, partial=True, context=context)
        serializer.is_valid(raise_exception=True)
        return self.answer(request, serializer.save())

    def answer(self, request: Request, user: User) -> Response:
        body = ProfileSerializer(user, context={"request": request}).data
        return Response(body, headers={"ETag": etags.etag(user.pk, user.version)})


class UserViewSet(ArchivableViewSet):
    """Users; DELETE deactivates somebody for good."""

    queryset = User.objects.all()
    serializer_class = UserSerializer
    filterset_class = UserFilter
    orderings: ClassVar = {
        "id": ("id",),
        "username": ("username",),
        "created_at": ("created_at", "id"),
    }
    default_ordering = "id"
    replayable = False
    parameters: ClassVar = {"destroy": frozenset({"confirm", "successor"})}
    hashed_password = ""

    def prepare(self, request: Request) -> None:
        super().prepare(request)
        data = cast("dict[str, Any]", request.data)
        password = data.get("password")
        # Numbers too, because the serializer takes them for text.
        if isinstance(password, str | int | float) and 0 < len(str(password)) <= LONGEST_PASSWORD:
            self.hashed_password = hash_of(str(password), self._owner(data))

    def _owner(self, data: dict[str, Any]) -> User:
        """Return whose password it will be, for it must not resemble their name."""
        known = self.queryset.filter(self.named()).first() if "pk" in self.kwargs else None
        owner = cast("User | None", known) or User()
        for name in {"username", "email"} & set(data):
            setattr(owner, name, str(data[name]))
        return owner

    def get_object(self) -> User:
        if self.request.method not in SAFE_METHODS:
            User.objects.lock_admins()
        user: User = super().get_object()
        if self.verb == "destroy":
            user.successor = self._successor()
        return user

    def _successor(self) -> User | None:
        """Return who ``?successor=`` names; raises 400 for nobody there is."""
        text = self.request.query_params.get("successor")
        if text is None:
            return None
        known = text.isdecimal() and len(text) <= 18
        successor = self.queryset.filter(pk=text).first() if known else None
        if successor is None:
            raise BadRequest(_("There is no such user."), field="successor", code="bad_value")
        return cast("User", successor)


class AssignableViewSet(RecordViewSet):
    """Those who can be given work."""

    queryset = User.objects.assignable()
    serializer_class = AssignableSerializer
    filterset_class = AssignableFilter
    orderings: ClassVar = {"username": ("username",)}
    default_ordering = "username"
    verbs: ClassVar[Mapping[str, str]] = {"list": "assign"}
