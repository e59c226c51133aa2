"""Routes of viewsets. No trailing slash; the middleware takes one off that a client adds."""

from typing import Any

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter


def records(prefix: str, viewset: type[Any]) -> list[URLPattern]:
    """Return the routes of ``viewset`` under ``prefix``, named ``<prefix>-list`` and so on."""
    router = SimpleRouter(trailing_slash=False)
    router.register(prefix, viewset, basename=prefix)
    return router.urls  # type: ignore[return-value]
