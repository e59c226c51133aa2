"""The services' error shape for what is refused before a view is reached, or by none."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm.base.api.renderers import dumps
from crm.compat.answers import answer
from crm.compat.urls import SERVICES

PROBLEM = "application/problem+json"


class ErrorsOfServices:
    """Rewrites the problem documents that the services' clients would not understand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        service = SERVICES.get(request.path_info.removeprefix("/compat/").partition("/")[0])
        if service and response.get("Content-Type") == PROBLEM:
            problem = json.loads(response.content)
            response.status_code, detail = answer(problem, service.texts, {})
            response.content = dumps(service.shape(detail))
            response["Content-Type"] = "application/json"
            response["Content-Length"] = str(len(response.content))
        return response
