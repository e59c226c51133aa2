"""Who sits at the console, which is asked anew before every action."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.login import sign_in
from accounts.models import User
from crm.base.context import Actor, acting
from crm.console.terminal import Terminal

VARIABLE = "CRM_TOKEN"
GUESSES = 3

Identify = Callable[[], Actor]


def by_password(terminal: Terminal, username: str) -> Identify:
    """Ask for the password of ``username``, or for both, and return who that is.

    Raises ``AuthenticationFailed`` after three wrong ones, ``TooMany`` at the limits of any login.
    """
    for guesses_left in reversed(range(GUESSES)):
        name = _encodable(username or terminal.ask(_("Username: ")))
        password = _encodable(terminal.ask_secret(_("Password: ")))
        try:
            return _as_long_as_it_is_true(sign_in(name, password))
        except AuthenticationFailed as error:
            if not guesses_left or not terminal.interactive:
                raise
            terminal.refuse(error.detail)
    raise AuthenticationFailed


def _encodable(text: str) -> str:
    """Return ``text`` with question marks for bytes that were none; it then is simply wrong."""
    return text.encode(errors="replace").decode()


def _as_long_as_it_is_true(user: User) -> Identify:
    """Return what reads the user anew: their role may change, and their password."""

    def identify() -> Actor:
        same = User.objects.live().filter(pk=user.pk, is_active=True, password=user.password)
        found: User | None = same.first()
        if found is None:
            raise AuthenticationFailed(_("You are signed out. Start the console again."))
        return found

    return identify


def by_token(token: str) -> Identify:
    """Return what reads whose ``token`` is, a bearer token that the API would accept.

    Raises ``AuthenticationFailed`` when it is nobody's, or no longer.
    """

    def identify() -> Actor:
        request = HttpRequest()
        request.META["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        authenticators = [kind() for kind in APIView.authentication_classes]
        with acting():  # authenticators name the actor of a request, which this is not
            actor: Any = Request(request, authenticators=authenticators).user
        if actor is None:
            raise AuthenticationFailed(_("The token is not valid."))
        known: Actor = actor
        return known

    return identify
