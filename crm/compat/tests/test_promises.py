"""What every service promises: every address, every role, every hostile input."""

import json
import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.drainage import GENERATOR_STATS

from accounts.models import User
from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.compat.tests.clients import signed_in_at
from crm.compat.tests.samples import Case, cases, described_routes, listed, shape
from crm.compat.urls import ADAPTERS, SERVICES
from crm.tests import corpus, doors
from crm.tests.clients import ApiClient, with_key
from crm.tests.probe import rows, undone
from crm.tests.together import together, with_raw

FRONTEND = "https://app.example.org"
CASES = cases()
# The cases of a service are asked in one test where people cost more than answers.
OF = {slug: [case for case in CASES if case.service.slug == slug] for slug in SERVICES}
REQUESTS = [(case.route, case.method) for case in CASES]
# Of those whose bodies or queries are read by the same code, one is given all of them.
BY_BODIES = doors.one_of_each(REQUESTS, doors.of_bodies)
BY_QUERIES = doors.one_of_each(REQUESTS, doors.of_queries)


def ask(client: ApiClient, case: Case, address: str = "", query: str = "", **changes: Any) -> Any:
    """Send the case's request with ``changes``, and undo all that was made and written for it."""
    with undone():
        address, options = address or case.address(), case.options() | changes
        address = f"{address.partition('?')[0]}?{query}" if query else address
        response = client.generic(case.method, address, **options)
        b"".join(response)  # which closes a file
        return response


def somebody(case: Case, alice: User) -> ApiClient:
    """Return a client that may do it: alice's, or a key's where nobody else signs in."""
    if case.sample.statuses[-1] < 400:
        return signed_in_at(case.service, alice)
    return with_key(make_key(scopes=Scope.values))


def fault(response: Any) -> str:
    """Return what is wrong with an answer to something hostile; "" for a sound one."""
    if response.status_code >= 500:
        return f"{response.status_code} {getattr(response, 'exc_info', None)!r}"
    if response.status_code < 400 or not response.content:
        return ""
    detail = json.loads(response.content).get("detail")
    if response.status_code != 422:
        return "" if detail and isinstance(detail, str | dict) else f"an error of {detail!r}"
    for row in detail if isinstance(detail, list) else [None]:
        if not isinstance(row, dict) or set(row) != {"loc", "msg", "type"} or not row["msg"]:
            return f"422 with {detail!r}"
    return ""


@cache
def document(slug: str) -> Any:
    return Client().get(f"/compat/{slug}/openapi.json").json()


def operation(case: Case) -> Any:
    """Return how the service's own description tells of the case."""
    path = shape(str(case.route).removeprefix(f"/compat/{case.service.slug}") or "/")
    paths = document(case.service.slug)["paths"].items()
    [found] = [operations for name, operations in paths if shape(name) == path]
    return found[case.method.lower()]


def declared_parameters(case: Case) -> list[str]:
    declared = operation(case).get("parameters", ())
    return [item["name"] for item in declared if item["in"] == "query"]


def test_every_address_and_method_is_listed() -> None:
    found = {f"{method} {route}" for route in described_routes() for method in route.methods}
    assert found == set(listed())


@pytest.mark.parametrize("slug", SERVICES)
def test_each_role_is_answered_as_listed(slug: str, alice: User, maria: User, sam: User) -> None:
    people = [signed_in_at(OF[slug][0].service, user) for user in (sam, maria, alice)]
    found, undescribed = {}, set()
    for case in OF[slug]:
        found[str(case)] = tuple(ask(client, case).status_code for client in (ApiClient(), *people))
        undescribed |= {
            f"{case}: {status}"
            for status in {*map(str, found[str(case)])} - {*operation(case)["responses"]}
        }
    assert found == {str(case): case.sample.statuses for case in OF[slug]}
    assert not undescribed


@pytest.mark.any_database
@pytest.mark.parametrize("slug", SERVICES)
def test_a_key_is_answered_as_listed(db: None, slug: str) -> None:
    client, found, expected = with_key(make_key(scopes=Scope.values)), {}, {}
    for case in OF[slug]:
        nobody = case.sample.statuses[0]
        expected[str(case)] = case.sample.key or (403 if nobody == 401 else nobody)
        found[str(case)] = ask(client, case).status_code
    assert found == expected


@pytest.mark.any_database
@pytest.mark.parametrize("slug", SERVICES)
def test_a_slash_at_the_end_changes_nothing_and_is_no_redirect(slug: str, alice: User) -> None:
    found = {}
    for case in OF[slug]:
        with undone():
            client, (path, mark, query) = somebody(case, alice), case.address().partition("?")
            slashed = client.generic(case.method, f"{path}/{mark}{query}", **case.options())
            b"".join(slashed)
        found[str(case)] = slashed.status_code
    assert found == {str(case): case.succeeds for case in OF[slug]}


@pytest.mark.any_database
@pytest.mark.parametrize("slug", SERVICES)
def test_nobody_is_told_so_before_anything_is_read(db: None, slug: str) -> None:
    wrong = []
    for case in (case for case in OF[slug] if case.sample.statuses[0] == 401):
        for raw in (None, "Bearer nonsense", "Bearer a.b.c"):
            header = {"HTTP_AUTHORIZATION": raw} if raw else {}
            told = ask(ApiClient(), case, data=b"{", content_type="application/json", **header)
            expected = (told.status_code, told.headers.get("WWW-Authenticate")) == (401, "Bearer")
            if not (expected and isinstance(told.json()["detail"], str)):
                wrong.append(f"{case} as {raw}: {told.status_code} {told.content!r}")
    assert not wrong


@pytest.mark.any_database
@pytest.mark.parametrize("slug", SERVICES)
def test_a_frontend_reads_every_answer(slug: str, alice: User, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRONTEND]
    wanted: dict[str, Any] = {
        "HTTP_ORIGIN": FRONTEND,
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "authorization,content-type",
    }
    wrong = []
    for case in OF[slug]:
        with undone():
            address = case.address()
            wanted["HTTP_ACCESS_CONTROL_REQUEST_METHOD"] = case.method
            answers = [
                ApiClient().options(address, **wanted),
                ask(ApiClient(), case, address, HTTP_ORIGIN=FRONTEND),
                ask(somebody(case, alice), case, address, HTTP_ORIGIN=FRONTEND),
                ApiClient().generic("PROPFIND", address, HTTP_ORIGIN=FRONTEND),
                ApiClient().get(f"/compat/{slug}/nowhere", HTTP_ORIGIN=FRONTEND),
            ]
        read = [each.headers.get("Access-Control-Allow-Origin") == FRONTEND for each in answers]
        if answers[0].status_code != 200 or not all(read):
            wrong.append(f"{case}: {answers[0].status_code} {read}")
    assert not wrong


@pytest.mark.any_database  # what is no JSON object, or has no field that anybody knows
@pytest.mark.parametrize("slug", SERVICES)
def test_every_body_is_taken_or_refused(slug: str, alice: User) -> None:
    wrong = []
    for case in (case for case in OF[slug] if case.method != "GET"):
        with undone():
            client, address = somebody(case, alice), case.address()
            client.raise_request_exception = False
            for name in corpus.bodies((case.route, case.method) in BY_BODIES):
                body = corpus.BODIES[name]
                stream: dict[str, Any] = {"wsgi.input": BytesIO(body.content), **dict(body.headers)}
                changes = {"data": body.content, "content_type": body.content_type, **stream}
                _, found = _answered(client, case, address, changes)
                wrong += [f"{case} {name}: {found}"] if found else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", [case for case in CASES if case.sample.fields], ids=str)
def test_every_field_takes_or_refuses_every_value(case: Case, alice: User) -> None:
    client, wrong, address = somebody(case, alice), [], case.address()
    client.raise_request_exception = False
    valid = case.sample.body()
    for kind, text in corpus.FIELD_VALUES.items():

        def send(names: list[str], kind: str = kind, text: str = text) -> tuple[int, set[str]]:
            given = with_raw(valid, dict.fromkeys(names, text))
            body = {"data": given, "content_type": "application/json"}
            response, found = _answered(client, case, address, body)
            wrong.extend([f"{kind} as {', '.join(names)}: {found}"] if found else [])
            return response.status_code, refused_fields(response)

        if kind in corpus.REFUSED_AT_THE_DOOR:  # before any field is looked at
            send(list(case.sample.fields))
        else:
            together(case.sample.fields, send)
    assert not wrong, "\n".join(wrong)


def refused_fields(response: Any) -> set[str]:
    """Return the names that an answer finds fault with one by one."""
    if response.status_code != 422:
        return set()
    rows = json.loads(response.content)["detail"]
    return {str(row["loc"][1]) for row in rows if len(row["loc"]) > 1}


def _answered(
    client: ApiClient, case: Case, address: str, changes: dict[str, Any]
) -> tuple[Any, str]:
    """Send it, undo it, and return the answer with what was wrong with it."""
    with undone():
        before = rows()
        response = client.generic(case.method, address, **changes)
        found = fault(response)
        if not found and response.status_code >= 400 and rows() != before:
            found = f"{response.status_code}, but it wrote"
        return response, found


@pytest.mark.any_database  # what is no parameter, or cannot be read as text
@pytest.mark.parametrize("slug", SERVICES)
def test_every_query_is_taken_or_refused(slug: str, alice: User) -> None:
    wrong = []
    for case in OF[slug]:
        with undone():
            client, address = somebody(case, alice), case.address()
            client.raise_request_exception = False
            known = declared_parameters(case)
            for name, query in corpus.QUERIES.items():
                read = query.partition("=")[0] in known or name == "unknown parameter"
                if read or (case.route, case.method) in BY_QUERIES:
                    found = fault(ask(client, case, address, query))
                    wrong += [f"{case} {name}: {found}"] if found else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("slug", SERVICES)
def test_every_parameter_takes_or_refuses_every_value(slug: str, alice: User) -> None:
    wrong = []
    for case in (case for case in OF[slug] if declared_parameters(case)):
        with undone():
            client, address = somebody(case, alice), case.address()
            client.raise_request_exception = False
            for name in declared_parameters(case):
                for kind, value in corpus.PARAMETER_VALUES.items():
                    found = fault(ask(client, case, address, f"{name}={quote(value)}"))
                    wrong += [f"{case} {name}, {kind}: {found}"] if found else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("slug", SERVICES)
def test_every_odd_id_is_nobodys(slug: str, alice: User) -> None:
    wrong = []
    for case in (case for case in OF[slug] if "{" in str(case.route)):
        client = somebody(case, alice)
        client.raise_request_exception = False
        for odd in corpus.IDS:
            text = odd if "%" in odd else quote(odd)
            response = ask(client, case, case.route.at(**dict.fromkeys(case.names, text)))
            found = fault(response) or ("" if response.status_code in NOBODY else "found")
            wrong += [f"{case} {odd}: {response.status_code} {found}"] if found else []
    assert not wrong, "\n".join(wrong)


NOBODY = {200, 204, 400, 404, 405, 422}


@pytest.mark.parametrize("case", [case for case in CASES if case.sample.many], ids=str)
def test_a_list_costs_as_much_at_ten_rows_as_at_one(case: Case, alice: User) -> None:
    client, address, counts = somebody(case, alice), case.address(), []
    assert case.sample.many
    client.get(address)  # once in a while it is noted that a key is in use
    for more in (1, 9):
        for _ in range(more):
            case.sample.many()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Its description -----------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SERVICES)
def test_it_describes_every_address_and_no_other(client: Client, slug: str) -> None:
    GENERATOR_STATS.reset()
    described = client.get(f"/compat/{slug}/openapi.json").json()
    assert not GENERATOR_STATS
    root = f"/compat/{slug}"
    found = {
        f"{method.upper()} {root}{shape(path)}".rstrip("/")
        for path, operations in described["paths"].items()
        for method in operations
    }
    assert found == {shape(name) for name in listed() if f" {root}/" in f"{name}/"}
    assert described["servers"] == [{"url": root}]
    assert described["info"]["title"] == SERVICES[slug].title


@pytest.mark.parametrize("slug", SERVICES)
def test_its_page_loads_nothing_from_outside(client: Client, slug: str) -> None:
    page = client.get(f"/compat/{slug}/docs/")
    assert page.status_code == 200
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert b"https://" not in page.content
    script = client.get(f"/compat/{slug}/docs?script=").content.decode().replace("\\u002D", "-")
    assert f"/compat/{slug}/openapi.json" in script


@pytest.mark.parametrize("slug", SERVICES)
def test_what_is_refused_before_a_view_has_the_services_shape(db: None, slug: str) -> None:
    client = ApiClient(raise_request_exception=False)
    nowhere = client.get(f"/compat/{slug}/nowhere")
    assert (nowhere.status_code, nowhere.json()["detail"]) == (404, "Not Found")
    large = client.post(f"/compat/{slug}/nowhere", "x" * 6_000_001, content_type="text/plain")
    assert (large.status_code, isinstance(large.json()["detail"], str)) == (413, True)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.SERVICE.slug)
def test_nothing_else_knows_it(adapter: Any) -> None:
    """Without its module, its tests and its line it leaves no trace."""
    name = adapter.__name__.rpartition(".")[2]
    mentions = re.compile(rf"crm\.compat\.{name}\b|import .*\b{name}\b")
    root = Path(settings.BASE_DIR)
    sources = [path for path in root.glob("[a-z]*/**/*.py") if name not in str(path)]
    found = [path for path in sources if mentions.search(path.read_text("utf-8"))]
    assert found == [root / "crm/compat/urls.py"]
