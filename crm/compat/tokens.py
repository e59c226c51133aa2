"""A service's sign-in: a token with the claims that its clients read, which names a session."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework_simplejwt.tokens import AccessToken, Token

from accounts.models import User
from accounts.tokens import InvalidToken, SessionTokenAuthentication, begin, user_in
from crm.compat.service import Service

KIND = "service"  # tells them from the API's


class ServiceToken(AccessToken):
    """``sub`` is the username, as it was; ``uid``, ``sid`` and ``aud`` are what we go by."""

    token_type = KIND


class ServiceAuthentication(SessionTokenAuthentication):
    """Accepts a service's own tokens, of open sessions of active users who have kept their name."""

    token_class: ClassVar[Any] = ServiceToken
    audience: str  # the service asked

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        self.audience = request.parser_context["view"].service.slug
        return super().authenticate(request)

    def user(self, token: Token) -> User:
        if token.get("aud") != self.audience:
            raise InvalidToken
        user = user_in(token["uid"], token["sid"])
        if user.username != token["sub"]:
            raise InvalidToken
        return user

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def issue(service: Service, user: User, user_agent: str, **claims: Any) -> dict[str, str]:
    """Begin a session of ``user`` and return its token as OAuth 2 does (RFC 6749, 5.1)."""
    token = ServiceToken()
    token.set_exp(lifetime=service.lifetime)
    session = begin(user, token["jti"], user_agent, service.lifetime)
    token["sub"], token["uid"], token["sid"] = user.username, user.pk, session.pk
    token["aud"] = service.slug  # RFC 7519, 4.1.3: it opens no other service
    for name, value in claims.items():
        token[name] = value
    return {"access_token": str(token), "token_type": "bearer"}
