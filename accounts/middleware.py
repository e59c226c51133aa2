"""Who asks for a page of the back office."""

from functools import partial
from typing import Any

from django.contrib.auth import middleware as auth
from django.utils.functional import SimpleLazyObject

from accounts.backends import at_hand
from crm.base.back_office.middleware import BackOfficeOnly


class AuthenticationMiddleware(BackOfficeOnly, auth.AuthenticationMiddleware):
    """Checks all that Django does, on the user who was read with the session."""

    def process_request(self, request: Any) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(user_of, request))


def user_of(request: Any) -> Any:
    with at_hand(request.session.user):
        return auth.get_user(request)
