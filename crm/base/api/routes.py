"""Routes of viewsets. No trailing slash; the middleware takes one off that a client adds."""

from functools import cache
from typing import Any

from django.urls import URLPattern
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter


def records(prefix: str, viewset: type[Any]) -> list[URLPattern]:
    """Return the routes of ``viewset`` under ``prefix``, named ``<prefix>-list`` and so on."""
    router = SimpleRouter(trailing_slash=False)
    router.register(prefix, viewset, basename=prefix)
    return router.urls  # type: ignore[return-value]


@cache
def address_without_key(route: str) -> str:
    """Return the address of every record of a ``route``, which only lacks its key."""
    return str(reverse(route, [0])).removesuffix("0")
