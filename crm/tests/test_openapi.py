"""The API's description is true, complete, committed, and shown without help from outside."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from crm.tests.access_table import API, KEYS_API, PUBLIC
from crm.tests.clients import ApiClient
from crm.tests.contract import OPENAPI, document, path_of
from crm.tests.routes import api_routes
from crm.tests.samples import BODIES, MAKERS
from customers.models import Customer

OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, operations in document()["paths"].items()
    for method, operation in operations.items()
]
BY_NAME = dict(OPERATIONS)


def test_the_committed_file_is_what_the_code_generates(tmp_path: Path) -> None:
    generated = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(generated), validate=True, fail_on_warn=True)
    assert generated.read_text("utf-8") == OPENAPI.read_text("utf-8"), "run: make schema"


def test_it_describes_every_route_and_no_other() -> None:
    found = {f"{method} {path_of(path[1:])}" for path, row in API.items() for method in row}
    assert found == set(BY_NAME)
    assert {str(route) for route in api_routes()} == set(API)


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=list(BY_NAME))
def test_every_operation_says_what_it_does(name: str, operation: dict[str, Any]) -> None:
    told = operation.get("summary", "") + operation.get("description", "")
    assert len(told) > 10
    assert operation["operationId"]
    assert operation["tags"]


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for operation in BY_NAME.values()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=list(BY_NAME))
def test_every_operation_declares_its_errors(name: str, operation: dict[str, Any]) -> None:
    method, path = name.split()
    responses = operation["responses"]
    expected = {"400", "401", "403", "429", "503"} | ({"404"} if "{" in path else set())
    if method != "GET":
        expected |= {"409", "411", "412", "413", "415", "422", "507"}
    assert expected <= set(responses)
    for status in (status for status in responses if status >= "400"):
        content = responses[status]["content"]
        reference = {"$ref": "#/components/schemas/Problem"}
        assert content == {"application/problem+json": {"schema": reference}}, status
    assert any(status < "300" for status in responses)


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=list(BY_NAME))
def test_every_operation_says_who_may_ask(name: str, operation: dict[str, Any]) -> None:
    public = {path_of(path[1:]) for path in PUBLIC}
    keys = {f"{method} {path_of(path[1:])}" for path, row in KEYS_API.items() for method in row}
    signed_in: list[Any] = [{"signIn": []}, *([{"apiKey": []}] if name in keys else [])]
    assert operation["security"] == ([{}] if name.split()[1] in public else signed_in)


def test_every_parameter_and_every_property_has_a_type() -> None:
    for name, operation in OPERATIONS:
        for parameter in operation.get("parameters", ()):
            assert parameter["schema"].get("type") or "$ref" in str(parameter["schema"]), name
    for name, schema in document()["components"]["schemas"].items():
        for field, found in schema.get("properties", {}).items():
            assert set(found) & {"type", "$ref", "allOf", "oneOf"}, f"{name}.{field}"


@pytest.mark.parametrize("key", [key for key, body in BODIES.items() if body is not dict], ids=str)
def test_what_takes_a_body_says_which(key: tuple[str, str]) -> None:
    method, path = key
    operation = BY_NAME[f"{method} {path_of(path[1:])}"]
    content = operation["requestBody"]["content"]
    assert ("multipart/form-data" if method == "PUT" else "application/json") in content


def test_it_is_served_as_committed(client: Client) -> None:
    assert client.get("/openapi.json").json() == yaml.safe_load(OPENAPI.read_text("utf-8"))


@pytest.mark.parametrize("zone", ["America/Caracas", "Asia/Kolkata"])
def test_every_moment_is_told_in_utc_and_says_so(
    alice: User, as_user: Callable[[User], ApiClient], zone: str
) -> None:
    alice.time_zone = zone
    alice.save()
    client, pk = as_user(alice), MAKERS[Customer]().pk
    for path in ("customers", f"customers/{pk}", f"customers/{pk}/history", "users", "auth/me"):
        text = client.get(f"/api/v1/{path}").content.decode()
        moments = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]+)"', text)
        assert moments
        assert all(re.fullmatch(r"[-0-9T:.]+Z", moment) for moment in moments), moments


# --- The page ------------------------------------------------------------------------------------


class Assets(HTMLParser):
    """Collects what a page loads, and what it runs inline."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.loaded += [str(given[name]) for name in ("src", "href") if given.get(name)]
        self.inline += tag == "script" and "src" not in given
        self.inline += any(name.startswith("on") for name in given)


@pytest.fixture
def page(client: Client) -> Assets:
    assets = Assets()
    assets.feed(client.get("/docs").content.decode())
    return assets


def test_the_page_loads_nothing_from_outside(client: Client, page: Assets) -> None:
    assert len(page.loaded) >= 4
    for address in page.loaded:
        assert re.match(r"/[^/]", address), address
        response = client.get(address)
        assert response.status_code == 200
        assert b"".join(response)


def test_what_it_loads_reaches_for_nothing_outside_either(client: Client, page: Assets) -> None:
    for address in page.loaded:
        text = b"".join(client.get(address)).decode("utf-8", "replace")
        if address.endswith(".css"):
            assert not re.search(r"url\(['\"]?(https?:)?//", text)
        if "script=" in address:
            assert "https://" not in text
            assert "http://" not in text


def test_the_page_runs_under_its_own_policy(client: Client, page: Assets) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert "script-src" not in policy  # default-src 'self' holds for scripts
    assert policy.startswith("default-src 'self';")
    assert page.inline == 0


def test_the_page_signs_in_where_the_api_does() -> None:
    scheme = document()["components"]["securitySchemes"]["signIn"]
    assert scheme["type"] == "oauth2"
    assert scheme["flows"]["password"]["tokenUrl"] == "/api/v1/auth/login"


def texts() -> Iterator[str]:
    for operation in BY_NAME.values():
        yield from (operation.get("summary", ""), operation.get("description", ""))


def test_the_description_is_for_people() -> None:
    for text in texts():
        assert "TODO" not in text
        assert "``" not in text
    assert settings.SPECTACULAR_SETTINGS["TITLE"] == document()["info"]["title"]
