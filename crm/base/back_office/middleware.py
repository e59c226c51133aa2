"""Middleware of the back office; the API carries its identity in a header and skips all of it."""

from typing import cast

from django.conf import settings
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from crm.base.context import set_actor


class BackOfficeOnly(MiddlewareMixin):
    """Steps aside for every path outside the back office."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/admin"):
            return cast("HttpResponseBase", super().__call__(request))
        return cast("HttpResponseBase", self.get_response(request))


class SessionMiddleware(BackOfficeOnly, sessions.SessionMiddleware):
    pass


class MessageMiddleware(BackOfficeOnly, messages.MessageMiddleware):
    pass


class ActorMiddleware(BackOfficeOnly):
    """Names the signed-in user for the history, and speaks their language in their time zone."""

    def process_request(self, request: HttpRequest) -> None:
        user = request.user
        if not user.is_authenticated:
            return
        set_actor(user)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        timezone.activate(user.time_zone or settings.TIME_ZONE)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        timezone.deactivate()
        return response
