"""The addresses at which a service describes itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from crm.compat.service import Service
from crm.compat.views import PublicEndpoint


class Description(PublicEndpoint):
    """The service's addresses as an OpenAPI document."""

    addresses: Any = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(description(self.service, self.addresses))


class Page(SpectacularSwaggerSplitView):
    """Shows the description to people, without reaching outside."""

    service: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        response["Content-Security-Policy"] = settings.CONTENT_SECURITY_POLICIES["/docs"]
        return response


def description(service: Service, addresses: tuple[URLPattern, ...]) -> dict[str, Any]:
    """Return the OpenAPI document of ``service``: its paths start at ``/compat/<slug>``."""
    patterns = [path("compat/", include(list(addresses)))]
    document: dict[str, Any] = SchemaGenerator(patterns=patterns).get_schema(public=True)
    root = f"/compat/{service.slug}"
    document["info"] |= {"title": service.title, "description": service.description}
    document["servers"] = [{"url": root}]
    paths = document["paths"].items()
    document["paths"] = {found.removeprefix(root) or "/": item for found, item in paths}
    return document


def documented(service: Service, *addresses: URLPattern) -> list[URLPattern]:
    """Return the service's addresses, with those that describe it."""
    if not settings.DOCS_ENABLED:
        return list(addresses)
    schema = service.at("openapi.json", Description, addresses=addresses)
    page = service.at("docs", Page, url_name=schema.name, title=service.title)
    return [*addresses, schema, page]
