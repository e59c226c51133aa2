"""The corpus of hostile input against every endpoint: never a 5xx, never a trace of it."""

import json
from collections.abc import Collection, Iterator
from io import BytesIO
from itertools import cycle
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
from crm.base.back_office import error_pages
from crm.tests import corpus, doors
from crm.tests.back_office import page_of
from crm.tests.clients import signed_in
from crm.tests.contract import document, path_of
from crm.tests.other_database import differences
from crm.tests.probe import Probe, undone
from crm.tests.routes import Route, api_routes, back_office_routes, by_resource
from crm.tests.samples import BODIES, address, headers_for, options_for, values_for
from crm.tests.together import together, with_raw
from crm.wsgi import application

JSON = "application/json"
ROUTES = api_routes()
FORMS = [
    (route, method)
    for route in ROUTES
    for method in ("POST", "PATCH")
    if BODIES.get((method, str(route)), dict) is not dict
]
REQUESTS = [(route, method) for route in ROUTES for method in route.methods]
UNSAFE = [(route, method) for route, method in REQUESTS if method != "GET"]
RESOURCES = by_resource(ROUTES)
# Of those whose headers, bodies or queries are read by the same code, one is given all of them.
BY_HEADERS = doors.one_of_each(REQUESTS, doors.of_headers)
BY_BODIES = doors.one_of_each(UNSAFE, doors.of_bodies)
BY_QUERIES = doors.one_of_each(REQUESTS, doors.of_queries)

# Whose answers depend on the numbers of the rows, which PostgreSQL does not start anew.
NUMBERED = {"test_every_header_that_a_handler_reads_is_taken_or_refused"}
NUMBERED |= {"test_every_page_survives_every_id"}
NUMBERED |= {"test_every_odd_id_is_nobodys"}

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


def fields_of(route: Route, method: str) -> list[str]:
    """Return the fields that a body of this request has according to openapi.yaml."""
    body = document()["paths"][path_of(route.path)][method.lower()]["requestBody"]
    schema = body["content"][JSON]["schema"]
    name = schema["$ref"].rpartition("/")[2]
    properties = document()["components"]["schemas"][name]["properties"]
    return [name for name, told in properties.items() if not told.get("readOnly")]


@pytest.mark.parametrize(("route", "method"), FORMS, ids=str)
def test_every_field_takes_or_refuses_every_value(probe: Probe, route: Route, method: str) -> None:
    path, headers = address(route, **values_for(route)), headers_for(route, method)
    valid, fields = BODIES[method, str(route)](), fields_of(route, method)
    for case, text in corpus.FIELD_VALUES.items():

        def send(names: list[str], case: str = case, text: str = text) -> tuple[int, set[str]]:
            told, body = (
                f"{case} as {', '.join(names)}",
                with_raw(valid, dict.fromkeys(names, text)),
            )
            status = probe.send(told, method, path, data=body, content_type=JSON, **headers)
            return status, probe.refused

        if case not in corpus.REFUSED_AT_THE_DOOR:
            together(fields, send)
        elif (status := send(fields)[0]) not in (400, 413):
            probe.wrong.append(f"{case}: {status} instead of 400")


@pytest.mark.any_database  # what is no JSON object, or has no field that anybody knows
@pytest.mark.parametrize(("route", "method"), UNSAFE, ids=str)
def test_every_body_is_taken_or_refused(probe: Probe, route: Route, method: str) -> None:
    path = address(route, **values_for(route))
    for case in corpus.bodies((route, method) in BY_BODIES):
        body = corpus.BODIES[case]
        # The test client's own stream refuses to end before the announced length.
        stream: dict[str, Any] = {"wsgi.input": BytesIO(body.content), **dict(body.headers)}
        stream |= headers_for(route, method)
        status = probe.send(
            case, method, path, data=body.content, content_type=body.content_type, **stream
        )
        if case in corpus.TOO_LARGE and status != 413:
            probe.wrong.append(f"{case}: {status} instead of 413")
        if case in corpus.CLOSED_DOORS and status not in (400, 413, 415):
            probe.wrong.append(f"{case}: {status}, so the door is open")


def of_resource(resource: str) -> list[doors.Request]:
    return [(route, method) for route in RESOURCES[resource] for method in route.methods]


def parameters_of(route: Route, method: str, place: str = "query") -> list[dict[str, Any]]:
    """Return the parameters that a request has according to openapi.yaml."""
    operation = document()["paths"][path_of(route.path)][method.lower()]
    return [item for item in operation.get("parameters", ()) if item["in"] == place]


def asked(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}"


def kind_of(parameter: dict[str, Any]) -> str:
    """Return by what query parameters differ: their names, or that they take one of a few words."""
    schema = parameter["schema"]
    if "enum" in schema or schema["type"] == "boolean":
        return str(schema["type"])
    return f"{parameter['name']} {schema}"


# For each kind of parameter the request that is tried with every value.
FIRST = {
    kind_of(parameter): (route, method, parameter["name"])
    for route, method in reversed(REQUESTS)
    for parameter in parameters_of(route, method)
}


@pytest.mark.any_database  # what is no parameter, or cannot be read as text
@pytest.mark.parametrize("resource", RESOURCES)
def test_every_query_is_taken_or_refused(probe: Probe, resource: str) -> None:
    for route, method in of_resource(resource):
        known = {each["name"] for each in parameters_of(route, method)}
        with undone():
            path, options = address(route, **values_for(route)), options_for(route, method)
            for case, query in corpus.QUERIES.items():
                read = query.partition("=")[0] in known or case == "unknown parameter"
                if read or (route, method) in BY_QUERIES:
                    probe.send(f"{method} {route} {case}", method, asked(path, query), **options)


@pytest.mark.parametrize(("route", "method"), [r for r in REQUESTS if parameters_of(*r)], ids=str)
def test_every_parameter_takes_or_refuses_every_value(
    probe: Probe, route: Route, method: str
) -> None:
    path, options = address(route, **values_for(route)), options_for(route, method)
    for parameter in parameters_of(route, method):
        name, first = parameter["name"], FIRST[kind_of(parameter)]
        base = path.partition("?")[0] if f"?{name}=" in path else path
        values = corpus.PARAMETER_VALUES if first == (route, method, name) else corpus.TELLING
        for case in sorted(values):
            query = urlencode({name: corpus.PARAMETER_VALUES[case]})
            probe.send(f"{name}: {case}", method, asked(base, query), **options)


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
@pytest.mark.parametrize("resource", RESOURCES)
def test_every_method_that_is_none_is_refused(probe: Probe, resource: str) -> None:
    first = {route for route, _ in BY_HEADERS}
    for route in RESOURCES[resource]:
        with undone():
            path = route.at(**values_for(route))
            for method in corpus.METHODS if route in first else corpus.METHODS[-3:]:
                for nobody in (True, False):
                    status = probe.send(f"{method} {path} {nobody}", method, path, nobody=nobody)
                    if status not in (401, 405):
                        probe.wrong.append(f"{method} {path}: {status}")


def read_by(route: Route, method: str) -> set[str]:
    """Return the headers that are read by the handler, not before it."""
    read = {item["name"] for item in parameters_of(route, method, "header")}
    read |= set() if route.view.authentication_classes else {"User-Agent"}
    answers = document()["paths"][path_of(route.path)][method.lower()]["responses"].values()
    forms = {form for answer in answers for form in answer.get("content", ())}
    return read | ({"Accept"} if len(forms) > 2 else set())  # that of problems is one


def send_headers(probe: Probe, route: Route, method: str, names: Collection[str]) -> None:
    path, options = address(route, **values_for(route)), options_for(route, method)
    for name in sorted(names):
        for value in corpus.HEADERS[name]:
            header = {f"HTTP_{name.upper().replace('-', '_')}": value}
            told = f"{method} {route} {name}: {value[:40]}"
            probe.send(told, method, path, **options | header)


@pytest.mark.any_database  # what is kept or looked up is sent to those that do, by the next test
@pytest.mark.parametrize(("route", "method"), sorted(BY_HEADERS, key=str), ids=str)
def test_every_header_is_taken_or_refused(probe: Probe, route: Route, method: str) -> None:
    send_headers(probe, route, method, corpus.HEADERS)


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_header_that_a_handler_reads_is_taken_or_refused(probe: Probe, resource: str) -> None:
    for route, method in of_resource(resource):
        if names := read_by(route, method):
            with undone():
                send_headers(probe, route, method, names)


PAGES = by_resource(route for route in back_office_routes() if "logout" not in route.path)


@pytest.fixture
def browsing(probe: Probe, alice: User) -> Probe:
    """The same prober, in a browser that alice has signed in with."""
    probe.client.credentials()
    probe.client.force_login(alice)
    return probe


@pytest.mark.parametrize("resource", PAGES)
def test_every_page_survives_every_value(browsing: Probe, resource: str) -> None:
    for route in PAGES[resource]:
        with undone():
            path = page_of(route)
            for value in corpus.PAGE_VALUES:
                query = urlencode(dict.fromkeys(corpus.PAGE_PARAMETERS, value))
                browsing.send(f"{route} {value}", "GET", f"{path}?{query}")


MODELS = list(admin.site._registry)
# Of the lists that are shown by the same code one.
SHOWN = {type(page).changelist_view: model for model, page in admin.site._registry.items()}


def known_to(model: Any) -> set[str]:
    """Return the parameters that the list of ``model`` reads: all those of Django, or some."""
    filters: Any = admin.site._registry[model].list_filter
    declared = {each.parameter_name for each in filters}
    return declared | ({*corpus.OF_LISTS} if model in SHOWN.values() else {"q", "o", "p"})


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_survives_every_parameter(browsing: Probe, model: Any) -> None:
    for name in sorted(known_to(model)):
        for value in corpus.PAGE_VALUES:
            browsing.send(f"{name}={value}", "GET", f"{list_of(model)}?{urlencode({name: value})}")


@pytest.mark.any_database  # a name that no list knows leads to the whole of it, whatever its value
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_survives_what_it_does_not_know(browsing: Probe, model: Any) -> None:
    unknown = sorted({*corpus.PAGE_PARAMETERS} - known_to(model) - {*corpus.OF_LISTS})
    for name, value in zip(unknown, cycle(corpus.PAGE_VALUES), strict=False):
        status = browsing.send(name, "GET", f"{list_of(model)}?{urlencode({name: value})}")
        if status != 302:
            browsing.wrong.append(f"{name}: {status}, so it is known")
    for case, query in corpus.QUERIES.items() if model in SHOWN.values() else ():
        browsing.send(case, "GET", f"{list_of(model)}?{query}")


OF_RECORDS = by_resource(route for route in back_office_routes() if "{object_id}" in route.path)


@pytest.mark.parametrize("resource", OF_RECORDS)
def test_every_page_survives_every_id(browsing: Probe, resource: str) -> None:
    for route in OF_RECORDS[resource]:
        for index, odd in enumerate(corpus.IDS[::2]):
            path = route.at(
                object_id=odd if "%" in odd else quote(odd),
                content_type_id="1",
                payment="1",
                history_id="1",
            )
            method = ("GET", "POST")[index % 2]
            browsing.send(f"{method} {route} {odd[:40]}", method, path)


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
