"""Every route, every method, every role: each has its expected status, and none is forgotten."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.permissions import AllowAny

from accounts.models import User
from accounts.roles import PERMISSIONS
from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.base.permissions import VERBS, RolePermission, permission
from crm.tests.access_table import API, BACK_OFFICE, KEYS, KEYS_API, OTHERS, PUBLIC, ROLES
from crm.tests.back_office import page_of
from crm.tests.clients import ApiClient, signed_in, with_key
from crm.tests.routes import (
    METHODS,
    Route,
    api_routes,
    back_office_routes,
    other_routes,
    routes,
)
from crm.tests.samples import MAKERS, address, options_for, sample, values_for
from customers.models import Customer

LISTED = {**API, **OTHERS}
BY_PATH = {str(route): route for route in routes()}
VIEWS = [route for route in api_routes() if route.view]
Clients = dict[str, ApiClient]
pytestmark = pytest.mark.usefixtures("templates_as_in_production")


@contextmanager
def undone() -> Iterator[None]:
    """Run a block and roll back what it wrote, so that every role finds the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


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
def cookies(alice: User, maria: User, sam: User) -> dict[str, dict[str, str]]:
    """What a browser of each role keeps."""
    found: dict[str, dict[str, str]] = {"anonymous": {}}
    for role, user in zip(ROLES[1:], (sam, maria, alice), strict=True):
        browser = Client()
        browser.force_login(user)
        found[role] = {name: cookie.value for name, cookie in browser.cookies.items()}
    return found


def page_statuses(cookies: dict[str, dict[str, str]], method: str, path: str) -> list[int]:
    found, browser = [], Client(raise_request_exception=False)
    for kept in cookies.values():
        browser.cookies = SimpleCookie(kept)
        with undone():
            response = browser.generic(method, path)
            found.append(response.status_code)
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


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", BACK_OFFICE)
def test_each_role_sees_the_pages_of_the_table(
    cookies: dict[str, dict[str, str]], path: str, method: str
) -> None:
    found = page_statuses(cookies, method, page_of(BY_PATH[path]))
    assert found == list(BACK_OFFICE[path][method]), dict(zip(ROLES, found, strict=True))


@pytest.mark.parametrize(
    ("path", "method"), [(path, method) for path, row in LISTED.items() for method in row]
)
def test_each_role_is_answered_as_the_table_says(clients: Clients, path: str, method: str) -> None:
    found = statuses(clients, method, *sample(BY_PATH[path], method))
    assert found == list(LISTED[path][method]), dict(zip(ROLES, found, strict=True))


@pytest.fixture
def keys(db: None) -> Clients:
    """Clients with an API key: the usual one, and one that may all that keys may."""
    made = (make_key(), make_key(scopes=Scope.values))
    return dict(zip(KEYS, map(with_key, made), strict=True))


def test_what_keys_may_is_a_part_of_what_there_is() -> None:
    assert all(set(row) <= set(API[path]) for path, row in KEYS_API.items())


@pytest.mark.parametrize(
    ("path", "method"), [(path, method) for path, row in LISTED.items() for method in row]
)
def test_each_key_is_answered_as_the_table_says(keys: Clients, path: str, method: str) -> None:
    nobody = LISTED[path][method][0]
    refused = (403, 403) if nobody == 401 else (nobody, nobody)
    expected = KEYS_API.get(path, {}).get(method, refused)
    found = statuses(keys, method, *sample(BY_PATH[path], method))
    assert found == list(expected), dict(zip(KEYS, found, strict=True))


@pytest.mark.parametrize("route", VIEWS, ids=str)
def test_a_method_without_a_handler_is_refused(clients: Clients, route: Route) -> None:
    nobody = 405 if str(route) in PUBLIC else 401
    path = route.at(**values_for(route))
    for method in set(METHODS) - set(route.methods) | {"OPTIONS"}:
        options = options_for(route, method)
        assert statuses(clients, method, path, options) == [nobody, 405, 405, 405], method


@pytest.mark.parametrize("route", [route for route in VIEWS if "GET" in route.methods], ids=str)
def test_head_is_answered_as_get_without_the_body(clients: Clients, route: Route) -> None:
    path, _ = sample(route, "GET")
    assert statuses(clients, "HEAD", path, {}) == list(API[str(route)]["GET"])
    assert b"".join(clients["admin"].head(path)) == b""


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


@pytest.mark.parametrize("route", VIEWS, ids=str)
def test_somebody_deactivated_is_nobody(
    sam: User, as_user: Callable[[User], ApiClient], route: Route
) -> None:
    client = as_user(sam)
    sam.archive()
    path = address(route, **values_for(route))
    for method, row in API[str(route)].items():
        options = options_for(route, method)
        assert statuses({"former": client}, method, path, options) == [row[0]]


@pytest.mark.parametrize("route", VIEWS, ids=str)
def test_a_trailing_slash_changes_nothing(clients: Clients, route: Route) -> None:
    path = address(route, **values_for(route))
    bare, question, query = path.partition("?")
    for method in route.methods:
        options = options_for(route, method)
        slashed = f"{bare}/{question}{query}"
        assert statuses(clients, method, slashed, options) == list(API[str(route)][method])


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_header_does_not_change_the_method(as_alice: ApiClient, header: str) -> None:
    customer = MAKERS[Customer]()
    path, override = f"/api/v1/customers/{customer.pk}", {header: "DELETE"}
    assert as_alice.get(path, headers=override).status_code == 200
    assert as_alice.post(path, {"_method": "DELETE"}, headers=override).status_code == 405
    customer.refresh_from_db()
    assert customer.archived_at is None
