"""Every address the project answers, read from the URLconf: what is new is found by itself."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """One pattern: ``path`` has its parameters in braces, ``api/v1/customers/{pk}``."""

    path: str
    callback: Any

    def __str__(self) -> str:
        return f"/{self.path}"

    @property
    def view(self) -> Any:
        """Return the class of the view; None for a function."""
        return getattr(self.callback, "cls", None)

    @property
    def actions(self) -> dict[str, str]:
        """Return ``{"get": "list"}`` for a viewset, ``{"get": "get"}`` for another class."""
        declared = getattr(self.callback, "actions", None)
        if declared is not None:
            return dict(declared)
        names = self.view.http_method_names if self.view else ()
        return {name: name for name in names if hasattr(self.view, name) and name != "options"}

    @property
    def methods(self) -> list[str]:
        """Return the methods that have a handler; HEAD goes with GET."""
        return [method for method in METHODS if method.lower() in self.actions]

    @property
    def model(self) -> Any:
        return getattr(getattr(self.view, "queryset", None), "model", None)

    def at(self, **values: Any) -> str:
        """Return the address with its parameters filled in."""
        return str(self).format_map(values)


def routes() -> list[Route]:
    """Return every route once, in the URLconf's order."""
    found = (Route(_braces(text), pattern.callback) for text, pattern in _walk(get_resolver(), ""))
    return list({route.path: route for route in found}.values())


def api_routes() -> list[Route]:
    return [route for route in routes() if route.path.startswith("api/v1/")]


def back_office_routes() -> list[Route]:
    return [route for route in routes() if route.path.startswith("admin/")]


def by_resource(found: Iterable[Route]) -> dict[str, list[Route]]:
    """Return the routes by what they are about: ``/api/v1/customers``, ``/admin/leads/lead``."""
    resources: dict[str, list[Route]] = {}
    for route in found:
        resources.setdefault("/".join(str(route).split("/")[:4]), []).append(route)
    return resources


def service_routes() -> list[Route]:
    """Return the addresses of the replaced services, whose own tests hold them to their tables."""
    return [route for route in routes() if "service" in getattr(route.callback, "initkwargs", ())]


def other_routes() -> list[Route]:
    known = {route.path for route in service_routes()}
    others = [route for route in routes() if route.path not in known]
    return [route for route in others if not route.path.startswith(("api/v1/", "admin/"))]


def _walk(parent: Any, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in parent.url_patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield text, pattern
        else:
            yield from _walk(pattern, text)


def _braces(pattern: str) -> str:
    """Turn ``<int:pk>`` and ``(?P<pk>[0-9]{1,18})`` into ``{pk}``."""
    pattern = re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)", r"{\1}", pattern)
    pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)
    return re.sub(r"\^|\$|/\?(?=$)|\\Z", "", pattern)
