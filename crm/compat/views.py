"""The bases of the services' views."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.key_auth import ApiKeyAuthentication
from crm.base.api.parsers import StrictFormParser, StrictJSONParser, StrictMultiPartParser
from crm.base.api.problems import describe
from crm.base.api.renderers import JSONRenderer, dumps
from crm.base.api.views import Endpoint
from crm.base.context import set_reason
from crm.compat.answers import Answers, answer
from crm.compat.openapi import ServiceSchema
from crm.compat.service import Service
from crm.compat.tokens import ServiceAuthentication

FORMS: tuple[type[BaseParser], ...] = (StrictJSONParser, StrictFormParser, StrictMultiPartParser)
NO_CONTENT = 204


class NullRenderer(JSONRenderer):
    """Writes ``null`` where there is nothing to say, as FastAPI does."""

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        response = (context or {}).get("response")
        return b"" if response is not None and response.status_code == NO_CONTENT else dumps(data)


class ServiceEndpoint(Endpoint):
    """An endpoint of a service; put it before a viewset of the API to make that one of them.

    It overlooks query parameters it does not know, tells its errors in the service's words, and
    lets the history tell the service's name.
    """

    # Set by ``Service.at``.
    service: Service = Service("", "")
    # What this view's errors are told as, beyond ``service.answers``.
    answers: ClassVar[Answers] = {}
    # Those answers that the description tells of this view, beyond those about a field.
    may_answer: ClassVar[Sequence[str]] = ()
    # What the service calls fields of ours that a rule may name.
    names: ClassVar[Mapping[str, str]] = {}
    authentication_classes: Any = (ServiceAuthentication, ApiKeyAuthentication)
    renderer_classes: Any = (NullRenderer,)
    parser_classes: Any = (StrictJSONParser,)
    filter_backends: Any = ()
    pagination_class: Any = None
    schema: Any = ServiceSchema()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        set_reason(self.service.title)
        super().initial(request, *args, **kwargs)

    def check_query(self, request: Request) -> None:
        """Leave the query alone: a view that reads it declares a ``fields.Query``."""

    def get_authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def get_exception_handler(self) -> Any:
        return self.refuse

    def refuse(self, error: Exception, context: Mapping[str, Any]) -> Response | None:
        """Answer ``error`` in the service's words; None for a defect of ours."""
        problem, headers = describe(error)
        if problem is None:
            return None
        for row in problem["errors"]:
            row["field"] = self.names.get(row["field"], row["field"])
        answers, place = {**self.service.texts, **self.answers}, getattr(error, "place", "body")
        status, detail = answer(problem, answers, self.said(), place)
        if status != 401:
            headers.pop("WWW-Authenticate", None)
        return Response(self.service.shape(detail), status, headers=headers)

    def said(self) -> dict[str, Any]:
        """Return what the request's body and address said, as far as they were read."""
        body = self.request.__dict__.get("_full_data")
        return {**(dict(body.items()) if isinstance(body, Mapping) else {}), **self.kwargs}


class PublicEndpoint(ServiceEndpoint):
    """An endpoint that asks for no sign-in."""

    authentication_classes: Any = ()
    permission_classes: Any = (AllowAny,)
