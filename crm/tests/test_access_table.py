"""Every route, every method, every role: each has its expected status, and none is forgotten."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client
from rest_framework.permissions import AllowAny

from accounts.models import User
from accounts.roles import PERMISSIONS
from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.base.api.permissions import VERBS, RolePermission, permission
from crm.base.tables import FILES
from crm.management.commands.export import LISTS
from crm.tests.access_table import API, BACK_OFFICE, KEYS, KEYS_API, OTHERS, PUBLIC, ROLES
from crm.tests.back_office import page_of
from crm.tests.clients import ApiClient, signed_in, with_key
from crm.tests.probe import undone
from crm.tests.routes import (
    METHODS,
    Route,
    api_routes,
    back_office_routes,
    by_resource,
    other_routes,
    routes,
)
from crm.tests.samples import MAKERS, address, options_for, sample, values_for
from customers.models import Customer

LISTED = {**API, **OTHERS}
VIEWS = [route for route in api_routes() if route.view]
# What is about the same is asked in one test, from the same rows: people cost more than answers.
PAGES = by_resource(route for route in routes() if str(route) in BACK_OFFICE)
ANSWERING = by_resource(route for route in routes() if str(route) in LISTED)
RESOURCES = by_resource(VIEWS)
Clients = dict[str, ApiClient]
pytestmark = pytest.mark.usefixtures("templates_as_in_production")


@pytest.fixture
def clients(alice: User, maria: User, sam: User) -> Clients:
    people = [signed_in(user) for user in (sam, maria, alice)]
    return dict(zip(ROLES, [ApiClient(), *people], strict=True))


def statuses(clients: Clients, method: str, path: str, options: dict[str, Any]) -> list[int]:
    found = []
    for client in clients.values():
        with undone():
            response = client.generic(method, path, **options)
            found.append(response.status_code)
            b"".join(response)  # which closes a file
    return found


@pytest.fixture
def cookies(request: pytest.FixtureRequest, db: None) -> dict[str, dict[str, str]]:
    """What a browser of each role keeps; of those who see most where only the database is new."""
    names = {"sales": "sam", "management": "maria", "admin": "alice"}
    if request.config.getoption("--database-only"):
        names = {"admin": "alice"}
    found: dict[str, dict[str, str]] = {} if len(names) == 1 else {"anonymous": {}}
    for role, name in names.items():
        browser = Client()
        browser.force_login(request.getfixturevalue(name))
        found[role] = {name: cookie.value for name, cookie in browser.cookies.items()}
    return found


def page_statuses(cookies: dict[str, dict[str, str]], method: str, path: str) -> dict[str, int]:
    found, browser = {}, Client(raise_request_exception=False)
    for role, kept in cookies.items():
        browser.cookies = SimpleCookie(kept)
        with undone():
            response = browser.generic(method, path)
            found[role] = response.status_code
            b"".join(response)  # which closes a file
    return found


def test_every_route_and_method_is_listed() -> None:
    found = {str(route): set(route.methods) for route in api_routes() if route.view}
    assert found == {path: set(row) for path, row in API.items()}


def test_every_address_outside_the_viewsets_is_listed() -> None:
    functions = [route for route in api_routes() if not route.view]
    assert {str(route) for route in [*functions, *other_routes()]} == set(OTHERS)


def test_every_page_of_the_back_office_is_listed() -> None:
    assert {str(route) for route in back_office_routes()} == set(BACK_OFFICE)


@pytest.mark.parametrize("resource", PAGES)
def test_each_role_sees_the_pages_of_the_table(
    cookies: dict[str, dict[str, str]], resource: str
) -> None:
    found, expected = {}, {}
    for route in PAGES[resource]:
        for method, listed in BACK_OFFICE[str(route)].items():
            with undone():
                seen = page_statuses(cookies, method, page_of(route))
            found[method, str(route)] = seen
            by_role = dict(zip(ROLES, listed, strict=True))
            expected[method, str(route)] = {role: by_role[role] for role in seen}
    assert found == expected


def told(clients: Clients, resource: str) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return what the clients are answered by each method of each route of a resource."""
    found = {}
    for route in ANSWERING[resource]:
        for method in LISTED[str(route)]:
            with undone():
                seen = statuses(clients, method, *sample(route, method))
            found[method, str(route)] = tuple(seen)
    return found


@pytest.mark.parametrize("resource", ANSWERING)
def test_each_role_is_answered_as_the_table_says(clients: Clients, resource: str) -> None:
    found = told(clients, resource)
    assert found == {(method, path): LISTED[path][method] for method, path in found}, ROLES


def files_told(clients: Clients) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return what the clients are answered who ask for a list as a file."""
    found = {}
    for route in VIEWS:
        if "list" in getattr(route.view, "exported", ()) and "list" in route.actions.values():
            for form in FILES:
                with undone():
                    seen = statuses(clients, "GET", f"{route}?format={form}", {})
                found[str(route), form] = tuple(seen)
    return found


def test_whoever_may_read_a_list_may_take_it_away(clients: Clients) -> None:
    found = files_told(clients)
    assert found == {(path, form): LISTED[path]["GET"] for path, form in found}, ROLES
    assert len(found) == 2 * len(LISTS)


@pytest.fixture
def keys(db: None) -> Clients:
    """Clients with an API key: the usual one, and one that may all that keys may."""
    made = (make_key(), make_key(scopes=Scope.values))
    return dict(zip(KEYS, map(with_key, made), strict=True))


def test_what_keys_may_is_a_part_of_what_there_is() -> None:
    assert all(set(row) <= set(API[path]) for path, row in KEYS_API.items())


def for_keys(method: str, path: str) -> tuple[int, ...]:
    nobody = LISTED[path][method][0]
    refused = (403, 403) if nobody == 401 else (nobody, nobody)
    return KEYS_API.get(path, {}).get(method, refused)


@pytest.mark.any_database
@pytest.mark.parametrize("resource", ANSWERING)
def test_each_key_is_answered_as_the_table_says(keys: Clients, resource: str) -> None:
    found = told(keys, resource)
    assert found == {(method, path): for_keys(method, path) for method, path in found}, KEYS


def test_whatever_key_may_read_a_list_may_take_it_away(keys: Clients) -> None:
    found = files_told(keys)
    assert found == {(path, form): for_keys("GET", path) for path, form in found}, KEYS


@pytest.mark.any_database
@pytest.mark.parametrize("resource", RESOURCES)
def test_a_method_without_a_handler_is_refused(clients: Clients, resource: str) -> None:
    wrong = {}
    for route in RESOURCES[resource]:
        nobody = 405 if str(route) in PUBLIC else 401
        for method in sorted({*METHODS, "OPTIONS"} - {*route.methods}):
            with undone():
                path, options = route.at(**values_for(route)), options_for(route, method)
                found = statuses(clients, method, path, options)
            if found != [nobody, 405, 405, 405]:
                wrong[method, path] = found
    assert not wrong


@pytest.mark.any_database
@pytest.mark.parametrize("resource", by_resource(r for r in VIEWS if "GET" in r.methods))
def test_head_is_answered_as_get_without_the_body(clients: Clients, resource: str) -> None:
    found, expected = {}, {}
    for route in (route for route in RESOURCES[resource] if "GET" in route.methods):
        expected[str(route)] = (list(API[str(route)]["GET"]), b"")
        with undone():
            path, _ = sample(route, "GET")
            body = b"".join(clients["admin"].head(path))
            found[str(route)] = (statuses(clients, "HEAD", path, {}), body)
    assert found == expected


@pytest.mark.parametrize("route", VIEWS, ids=str)
def test_only_the_listed_views_let_anybody_in(route: Route) -> None:
    assert (AllowAny in route.view.permission_classes) == (str(route) in PUBLIC)
    assert bool(route.view.authentication_classes) == (str(route) not in PUBLIC)


def test_every_action_needs_a_permission_that_the_table_of_roles_knows() -> None:
    for route in VIEWS:
        if RolePermission not in route.view.permission_classes:
            continue
        for action in route.actions.values():
            verb = {**VERBS, **route.view.verbs}[action]
            assert (verb if "." in verb else permission(route.model, verb)) in PERMISSIONS, route


def answered(clients: Clients, route: Route, method: str, slash: str = "") -> list[int]:
    with undone():
        path, question, query = address(route, **values_for(route)).partition("?")
        options = options_for(route, method)
        return statuses(clients, method, f"{path}{slash}{question}{query}", options)


@pytest.mark.any_database
@pytest.mark.parametrize("resource", RESOURCES)
def test_somebody_deactivated_is_nobody(
    sam: User, as_user: Callable[[User], ApiClient], resource: str
) -> None:
    client, found = as_user(sam), {}
    sam.archive()
    for route in RESOURCES[resource]:
        for method in route.methods:
            found[method, str(route)] = answered({"former": client}, route, method)
    assert found == {(method, path): [API[path][method][0]] for method, path in found}


@pytest.mark.any_database
@pytest.mark.parametrize("resource", RESOURCES)
def test_a_trailing_slash_changes_nothing(
    api: ApiClient, as_alice: ApiClient, resource: str
) -> None:
    clients, found, expected = {"anonymous": api, "admin": as_alice}, {}, {}
    for route in RESOURCES[resource]:
        for method in route.methods:
            nobody, *_, admin = API[str(route)][method]
            expected[method, str(route)] = [nobody, admin]
            found[method, str(route)] = answered(clients, route, method, slash="/")
    assert found == expected


@pytest.mark.any_database
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_header_does_not_change_the_method(as_alice: ApiClient, header: str) -> None:
    customer = MAKERS[Customer]()
    path, override = f"/api/v1/customers/{customer.pk}", {header: "DELETE"}
    assert as_alice.get(path, headers=override).status_code == 200
    assert as_alice.post(path, {"_method": "DELETE"}, headers=override).status_code == 405
    customer.refresh_from_db()
    assert customer.archived_at is None
