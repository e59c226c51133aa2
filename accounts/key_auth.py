"""Signing in with an API key, in a header of its own or as a bearer token."""

from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.key_text import API_KEY_HEADER, MARK
from accounts.models import ApiKey
from accounts.tokens import InvalidToken, bearer, note_credentials
from crm.base.api.refusals import BadRequest
from crm.base.context import current, set_actor
from crm.base.limits import Budget, TooMany, network_of
from crm.base.storing.statements import Selection, on_a_living_connection
from crm.base.trail import security_events

WRONG_KEYS = 100  # of one network, in 15 minutes
# Only what requests ask of their key; any other field is read when it is asked for.
COLUMNS = ("id", "name", "prefix", "is_weak", "scopes", "daily_limit", "is_active", "last_used_at")
_selection = Selection(COLUMNS)


class InvalidKey(InvalidToken):
    """401, the same for a key that never was, was revoked or has expired."""

    default_detail = _("This API key is not valid.")


class ApiKeyAuthentication(BaseAuthentication):
    """Accepts ``X-API-Key: <key>`` and ``Authorization: Bearer crm_…``; never the address."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        text = presented(request)
        if text is None:
            return None
        note_credentials(request)
        key = key_for(text)
        set_actor(key)
        note_use(key)
        return key, None


def presented(request: Any) -> str | None:
    """Return the key that a request carries, None without one; raises 400 for two identities."""
    in_header: str | None = request.META.get(API_KEY_HEADER)
    token = bearer(request)
    if in_header is None:
        return token if token is not None and token.startswith(MARK) else None
    if token is not None:
        message = _("Send an API key or a token, not both.")
        raise BadRequest(message, field="X-API-Key", code="two_identities")
    return in_header.strip()


def key_for(text: str) -> ApiKey:
    """Return the valid key that ``text`` is; raises ``InvalidKey`` or ``TooMany``.

    Wrong keys are limited by network. One that could be guessed is only taken while its network
    has guesses left; a strong one always, and it costs one statement.
    """
    key = on_a_living_connection(lambda: _read(text))
    if key and not key.is_weak:
        return key
    budget = Budget(f"api-key:{network_of(current().address)}", WRONG_KEYS)
    try:
        receipt = budget.take()
    except TooMany:
        security_events.note_rarely(
            "key_limited", budget.name, seconds=budget.seconds, actor_name="API key"
        )
        raise
    if key is None:
        security_events.note("key_refused", actor_name="API key")
        raise InvalidKey
    budget.give_back(receipt)
    return key


def _read(text: str) -> ApiKey | None:
    found = _selection.rows(ApiKey.objects.all().presented(text).order_by(), by_key=True)
    row = next(iter(found), None)
    return ApiKey.from_db(connection.alias, COLUMNS, row) if row else None


def note_use(key: ApiKey) -> None:
    """Note when the key was used; a database that takes no writes still answers its questions."""
    try:
        key.touch(timezone.now())
    except OperationalError:
        if connection.in_atomic_block:
            raise
