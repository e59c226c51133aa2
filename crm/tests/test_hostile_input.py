"""The corpus of hostile input against every endpoint: never a 5xx, never a trace of it."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import get_language

from accounts.models import User
from crm.base import error_pages
from crm.tests import corpus
from crm.tests.back_office import page_of
from crm.tests.clients import signed_in
from crm.tests.contract import document, path_of
from crm.tests.other_database import differences
from crm.tests.probe import Probe
from crm.tests.routes import Route, api_routes, back_office_routes
from crm.tests.samples import BODIES, address, options_for, values_for
from crm.wsgi import application

JSON = "application/json"
ROUTES = api_routes()
FORMS = [
    (route, method)
    for route in ROUTES
    for method in ("POST", "PATCH")
    if BODIES.get((method, str(route)), dict) is not dict
]
UNSAFE = [(route, method) for route in ROUTES for method in route.methods if method != "GET"]

# Whose answers depend on the numbers of the rows, which PostgreSQL does not start anew.
NUMBERED = {"test_every_header_is_taken_or_refused", "test_every_page_survives_every_id"}
NUMBERED |= {"test_every_odd_id_is_nobodys"}
NUMBERED |= {"test_every_header_that_no_view_reads_is_taken_or_refused"}

pytestmark = pytest.mark.usefixtures("templates_as_in_production", "error_pages_made_once")


@pytest.fixture
def error_pages_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the page that tells of an error once for each error, user and language in a test."""
    make, made = error_pages.error_page, dict[str, str]()

    def page(request: HttpRequest, told: dict[str, Any]) -> str:
        rest = {name: value for name, value in told.items() if name != "request_id"}
        key = json.dumps([rest, str(getattr(request, "user", None)), get_language()])
        if key not in made:
            made[key] = make(request, told)
        return made[key]

    monkeypatch.setattr(error_pages, "error_page", page)


@pytest.fixture
def probe(alice: User, request: pytest.FixtureRequest) -> Iterator[Probe]:
    """A prober; afterwards nothing was wrong, here or compared with the other database."""
    probe = Probe(alice)
    yield probe
    for path in ("/api/v1/customers", "/api/v1/users"):
        assert signed_in(alice).get(path).status_code == 200
    assert not probe.wrong, "\n".join(probe.wrong[:40])
    if request.node.originalname not in NUMBERED:
        assert not differences(request, probe.statuses)


def with_raw(body: dict[str, Any], values: dict[str, str]) -> bytes:
    """Return ``body`` as JSON with the members ``values``, which are JSON text."""
    members = {name: json.dumps(value) for name, value in body.items()} | values
    return ("{" + ", ".join(f'"{name}": {text}' for name, text in members.items()) + "}").encode()


@pytest.mark.parametrize(("route", "method"), FORMS, ids=str)
def test_every_field_takes_or_refuses_every_value(probe: Probe, route: Route, method: str) -> None:
    valid, path = BODIES[method, str(route)](), address(route, **values_for(route))
    fields = route.view.serializer_class().fields
    writable = {name for name, field in fields.items() if not field.read_only}
    for case, text in corpus.FIELD_VALUES.items():
        names = refused = writable
        while names and refused:  # those that are taken are tried without the others
            body = with_raw(valid, dict.fromkeys(sorted(names), text))
            status = probe.send(
                f"{len(names)} fields: {case}", method, path, data=body, content_type=JSON
            )
            if case in corpus.REFUSED_AT_THE_DOOR and status not in (400, 413):
                probe.wrong.append(f"{case}: {status} instead of 400")
            refused = probe.refused & names
            names = names - refused


@pytest.mark.parametrize(("route", "method"), UNSAFE, ids=str)
def test_every_body_is_taken_or_refused(probe: Probe, route: Route, method: str) -> None:
    path = address(route, **values_for(route))
    for case, body in corpus.BODIES.items():
        # The test client's own stream refuses to end before the announced length.
        stream: dict[str, Any] = {"wsgi.input": BytesIO(body.content), **dict(body.headers)}
        status = probe.send(
            case, method, path, data=body.content, content_type=body.content_type, **stream
        )
        if case in corpus.TOO_LARGE and status != 413:
            probe.wrong.append(f"{case}: {status} instead of 413")


def parameters_of(route: Route, method: str) -> list[str]:
    """Return the query parameters that ``route`` has according to openapi.yaml."""
    operation = document()["paths"][path_of(route.path)][method.lower()]
    return [item["name"] for item in operation.get("parameters", ()) if item["in"] == "query"]


def asked(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}"


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_query_is_taken_or_refused(probe: Probe, route: Route) -> None:
    path = address(route, **values_for(route))
    for method in route.methods:
        options = options_for(route, method)
        for case, query in corpus.QUERIES.items():
            probe.send(f"{method} {case}", method, asked(path, query), **options)
        for name in parameters_of(route, method):
            base = path.partition("?")[0] if f"?{name}=" in path else path
            for case, value in corpus.PARAMETER_VALUES.items():
                query = urlencode({name: value})
                probe.send(f"{method} {name}: {case}", method, asked(base, query), **options)


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if "cursor" in str(document()["paths"][path_of(r.path)])], ids=str
)
def test_every_forged_cursor_is_refused_or_harmless(probe: Probe, route: Route) -> None:
    path = address(route, **values_for(route))
    listed = "list" in route.actions.values()
    for ordering in route.view.orderings if listed else [""]:
        by = {"ordering": ordering} if listed else {}
        for case, cursor in corpus.CURSORS.items():
            query = urlencode({**by, "cursor": cursor})
            status = probe.send(f"{ordering}: {case}", "GET", asked(path, query))
            if status not in (200, 400):
                probe.wrong.append(f"{ordering}: {case}: {status}")


@pytest.mark.parametrize("route", [r for r in ROUTES if "{" in r.path], ids=str)
def test_every_odd_id_is_nobodys(probe: Probe, route: Route) -> None:
    for odd in corpus.IDS:
        text = odd if "%" in odd else quote(odd)
        path = str(route).format_map(
            dict.fromkeys(("pk", "phone", "token", "payment", "history_id"), text)
        )
        for method in route.methods:
            status = probe.send(f"{method} {odd[:40]}", method, path, **options_for(route, method))
            if status not in (400, 404, 405, 415, 422):
                probe.wrong.append(f"{method} {path}: {status}")


@pytest.mark.any_database
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_method_that_is_none_is_refused(probe: Probe, route: Route) -> None:
    path = route.at(**values_for(route))
    for method in corpus.METHODS:
        for nobody in (True, False):
            status = probe.send(f"{method} {nobody}", method, path, nobody=nobody)
            if status not in (401, 405):
                probe.wrong.append(f"{method} {path}: {status}")


def send_headers(probe: Probe, route: Route, by_views: bool) -> None:
    method = route.methods[0]
    path, options = address(route, **values_for(route)), options_for(route, method)
    for name, value in corpus.header_cases(by_views):
        header = {f"HTTP_{name.upper().replace('-', '_')}": value}
        probe.send(f"{name}: {value[:40]}", method, path, **options | header)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_header_is_taken_or_refused(probe: Probe, route: Route) -> None:
    send_headers(probe, route, by_views=True)


def kind_of(route: Route) -> tuple[Any, ...]:
    """Return by what routes may differ for what is read before their view is."""
    view = route.view
    doors = (*view.authentication_classes, *view.permission_classes)
    return (*doors, route.methods[0], "{" in route.path, route.model is None)


@pytest.mark.parametrize("route", {kind_of(route): route for route in ROUTES}.values(), ids=str)
def test_every_header_that_no_view_reads_is_taken_or_refused(probe: Probe, route: Route) -> None:
    send_headers(probe, route, by_views=False)


PAGES = [route for route in back_office_routes() if "logout" not in route.path]


@pytest.fixture
def browsing(probe: Probe, alice: User) -> Probe:
    """The same prober, in a browser that alice has signed in with."""
    probe.client.credentials()
    probe.client.force_login(alice)
    return probe


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_every_page_survives_every_value(browsing: Probe, route: Route) -> None:
    path = page_of(route)
    for value in corpus.PAGE_VALUES:
        query = urlencode(dict.fromkeys(corpus.PAGE_PARAMETERS, value))
        browsing.send(value, "GET", f"{path}?{query}")


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_list_survives_every_parameter(browsing: Probe, model: Any) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for name in corpus.PAGE_PARAMETERS:
        for value in corpus.PAGE_VALUES:
            browsing.send(f"{name}={value}", "GET", f"{path}?{urlencode({name: value})}")
    for case, query in corpus.QUERIES.items():
        browsing.send(case, "GET", f"{path}?{query}")


@pytest.mark.parametrize("route", [page for page in PAGES if "{object_id}" in page.path], ids=str)
def test_every_page_survives_every_id(browsing: Probe, route: Route) -> None:
    for index, odd in enumerate(corpus.IDS[::2]):
        path = route.at(
            object_id=odd if "%" in odd else quote(odd),
            content_type_id="1",
            payment="1",
            history_id="1",
        )
        method = ("GET", "POST")[index % 2]
        browsing.send(f"{method} {odd[:40]}", method, path)


@pytest.fixture
def kept_connection(db: None) -> Iterator[None]:
    """As the test client does: a request of our own must not end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("content_type", corpus.CONTENT_TYPES)
def test_no_content_type_ends_a_request_before_it_begins(
    kept_connection: None, content_type: str
) -> None:
    query = "&".join(["a=%41"] * 2_000)
    request = RequestFactory().generic("POST", f"/api/v1/auth/login?{query}", b"{}")
    environ = request.environ | {"CONTENT_TYPE": content_type}
    statuses: list[str] = []
    start: Any = lambda status, headers: statuses.append(status)  # noqa: E731 — typed for WSGI
    answer = b"".join(application(environ, start))
    assert json.loads(answer)["status"] == int(statuses[0][:3]) == 400
