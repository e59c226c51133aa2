"""What is read of a request before its handler runs, and by what code: there many are alike."""

from collections.abc import Callable, Iterable
from typing import Any

from crm.tests.routes import Route

Request = tuple[Route, str]


def of_headers(route: Route, method: str) -> tuple[Any, ...]:
    """Return what reads the headers of a request."""
    view = route.view
    classes = (*view.authentication_classes, *view.permission_classes, *view.renderer_classes)
    return (*classes, view.content_negotiation_class, method == "GET")


def of_bodies(route: Route, method: str) -> tuple[Any, ...]:
    """Return what reads the body of a request."""
    view = route.view
    classes = (*view.authentication_classes, *view.parser_classes)
    return (*classes, view.get_parsers, view.prepare, method)


def of_queries(route: Route, method: str) -> tuple[Any, ...]:
    """Return what reads the query of a request, as far as it has a name that nobody knows."""
    view = route.view
    return (*view.authentication_classes, view.initial, view.check_query, method == "GET")


def one_of_each(
    requests: Iterable[Request], door: Callable[[Route, str], tuple[Any, ...]]
) -> set[Request]:
    """Return of the requests that are read by the same code one."""
    return set({door(*request): request for request in requests}.values())
