"""Access and refresh tokens: short JWTs that name a session, which the database decides about."""

import re
from datetime import timedelta
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.key_text import API_KEY_HEADER, MARK
from accounts.login import REFUSED
from accounts.models import AuthSession, User
from crm.base.context import current, set_actor
from crm.base.storing.statements import on_a_living_connection, prepared_rows
from crm.base.trail import security_events

NUMBER = re.compile(r"[0-9]{1,18}")
# Only what requests ask of their user; any other field is read when it is asked for.
_ASKED = {"id", "username", "role", "is_active", "language", "time_zone", "version"}
COLUMNS = [field.attname for field in User._meta.concrete_fields if field.attname in _ASKED]
LOOK_UP = f"""
    SELECT {", ".join(f"person.{column}" for column in COLUMNS)}
    FROM accounts_user person JOIN accounts_authsession session ON session.user_id = person.id
    WHERE person.id = %s AND session.id = %s AND session.revoked_at IS NULL AND person.is_active
"""  # noqa: S608 — made of the names above

INVALID = _("This token is not valid. Sign in again.")


class InvalidToken(AuthenticationFailed):
    """401 as RFC 6750, section 3.1 shapes it."""

    default_code = "invalid_token"
    default_detail = INVALID


class SessionTokenAuthentication(JWTAuthentication):
    """Accepts ``Authorization: Bearer`` tokens of open sessions of active users."""

    token_class: ClassVar[Any] = AccessToken

    def user(self, token: Token) -> User:
        """Return whose token it is; raises ``InvalidToken``."""
        return user_of(token)

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        raw = bearer(request)
        if raw is None or raw.startswith(MARK) or API_KEY_HEADER in request.META:
            return None
        note_credentials(request)
        token = read(self.token_class, raw)
        user = self.user(token)
        set_actor(user)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        sent = getattr(request, "token_was_sent", False)
        return 'Bearer realm="api"' + (', error="invalid_token"' if sent else "")


def note_credentials(request: Any) -> None:
    """Remember that the request carries some, for the challenge when they are not accepted."""
    request.token_was_sent = True


def bearer(request: Any) -> str | None:
    """Return what ``Authorization: Bearer`` carries (RFC 6750, section 2.1)."""
    scheme, _space, raw = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    return raw.strip() if scheme.lower() == "bearer" else None


def read(kind: Any, raw: str) -> Token:
    """Return the token of the class ``kind`` that ``raw`` is; raises ``InvalidToken``."""
    try:
        token: Token = _verified(kind, raw)
        token.check_exp(current_time=timezone.now())
    except (TokenError, ValueError, TypeError, OverflowError) as error:
        raise InvalidToken from error
    return token


@lru_cache(maxsize=4096)
def _verified(kind: Any, raw: str) -> Any:
    """Return the token whose signature is right; of its claims only time can change the answer."""
    return kind(raw.encode("ascii"))


def names(token: Token) -> tuple[int, int]:
    """Return the ids of the user and the session that a token names; raises ``InvalidToken``."""
    sub, sid = token.get("sub"), token.get("sid")
    if not (isinstance(sub, str) and NUMBER.fullmatch(sub)):
        raise InvalidToken
    if not (type(sid) is int and 0 < sid < 2**63):
        raise InvalidToken
    return int(sub), sid


def user_of(token: Token) -> User:
    """Return the user of a valid token, read with the question whether the session is open.

    Raises ``InvalidToken``.
    """
    return user_in(*names(token))


def user_in(user_id: int, session_id: int) -> User:
    """Return the active user whose open session this is; raises ``InvalidToken``."""
    row = on_a_living_connection(lambda: _look_up(user_id, session_id))
    if row is None:
        raise InvalidToken
    return User.from_db(connection.alias, COLUMNS, row)


def _look_up(user_id: int, session_id: int) -> Any:
    """Return the row of ``COLUMNS``: every request asks, so the SQL is not composed every time."""
    return next(iter(prepared_rows(LOOK_UP, [user_id, session_id])), None)


def open_session(user: User, user_agent: str = "") -> dict[str, Any]:
    """Begin a session of ``user``, whose password was found right, and return its tokens.

    Raises ``AuthenticationFailed`` when the password was changed since, or the user deactivated.
    """
    refresh = RefreshToken()
    session = begin(user, refresh["jti"], user_agent, settings.REFRESH_TOKEN_LIFETIME)
    return pair(refresh, user.pk, session.pk)


def begin(user: User, token_id: str, user_agent: str, lifetime: timedelta) -> AuthSession:
    """Return a new session of ``user``, whose password was found right; raises as above."""
    with transaction.atomic():
        hold(user)
        return AuthSession.objects.create(
            user=user,
            token_id=token_id,
            address=current().address,
            user_agent=user_agent[:200],
            expires_at=timezone.now() + lifetime,
        )


def hold(user: User) -> None:
    """Lock the user's row, or raise ``AuthenticationFailed`` when they may no longer sign in.

    Whoever changes the password then waits, and ends the session that is about to begin.
    """
    same = User.objects.filter(pk=user.pk, is_active=True, password=user.password)
    if not same.select_for_update(no_key=True).values_list("pk").first():
        raise AuthenticationFailed(REFUSED, code="wrong_credentials")


def pair(refresh: RefreshToken, user_id: int, session_id: int) -> dict[str, Any]:
    """Return the answer of RFC 6749, section 5.1."""
    access = AccessToken()
    for token in (refresh, access):
        token["sub"], token["sid"] = str(user_id), session_id
    return {
        "access_token": str(access),
        "refresh_token": str(refresh),
        "token_type": "bearer",
        "expires_in": int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
    }


def renew(raw: str) -> dict[str, Any]:
    """Exchange a refresh token for a new pair; raises ``InvalidToken``.

    A token used again within the grace period is a second tab and changes nothing; used later it
    was stolen from somebody, so the session ends (RFC 9700, section 4.14.2).
    """
    used = read(RefreshToken, raw)
    (user_id, session_id), token_id = names(used), str(used["jti"])
    fresh = RefreshToken()
    if AuthSession.objects.all().rotate(session_id, token_id, fresh["jti"]):
        return pair(fresh, user_id, session_id)
    session = AuthSession.objects.open().filter(pk=session_id).first()
    if session and not session.is_late(token_id):
        AuthSession.objects.filter(pk=session_id).revoke()
        security_events.note("token_reuse", user_id=user_id, session=session_id)
    raise InvalidToken
