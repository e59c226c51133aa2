"""Nobody sets from outside what the system sets: every field is writable, or listed here."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from crm.tests.audit_check import record_models
from crm.tests.clients import ApiClient
from crm.tests.routes import Route, api_routes
from crm.tests.samples import BODIES, MAKERS
from invoices.details import CopiedDetails

pytestmark = pytest.mark.any_database

ROOT = Path(settings.BASE_DIR)
SYSTEM = {"id", "uuid", "created_at", "updated_at", "created_by", "modified_by", "version"}
SYSTEM |= {"archived_at", "search_text"}
RECORD = SYSTEM - {"uuid", "archived_at", "search_text"}  # neither archived nor searched
# The columns of each model that no request sets. A new one is named here, or is writable.
READ_ONLY = {
    "accounts.User": SYSTEM | {"notice_switches"},
    "accounts.ApiKey": SYSTEM - {"uuid", "archived_at"}
    | {"prefix", "hash", "is_weak", "is_active", "last_used_at"},
    "leads.Lead": SYSTEM - {"uuid"} | {"status", "status_changed_at", "touched_at"},
    "leads.Action": RECORD,
    "leads.Process": RECORD | {"owner"},
    "invoices.Invoice": RECORD
    | {field.name for field in CopiedDetails._meta.fields}
    | {"kind", "corrects", "number", "series", "series_year", "sequence", "legacy_number"}
    | {"subtotal", "tax", "total", "taxes", "paid_amount", "credited_amount", "lines_version"}
    | {"status", "issue_date", "search_text"},
    # They are entered with their document, or in the back office alone.
    "invoices.InvoiceLine": RECORD | {"invoice", "position", "currency", "amount", "corrects"},
    "invoices.Payment": RECORD | {"invoice", "currency", "reverses"},
    "invoices.CompanyProfile": RECORD | {"singleton", "logo"},
    "invoices.NumberSeries": RECORD,
    "customers.Customer": SYSTEM | {"phone_as_given", "country_code", "photo", "registered_at"},
}
# Names that are no fields, which a careless setattr() would obey.
INTERNAL = {"pk", "created_by_id", "modified_by_id", "is_superuser", "is_staff", "last_login"}
INTERNAL |= {"history", "objects", "_state", "_loaded", "__class__", "groups", "user_permissions"}

pytestmark = pytest.mark.any_database  # names are refused before the database is asked
WRITERS = [
    (route, method)
    for route in api_routes()
    for method in ("POST", "PATCH")
    if route.actions.get(method.lower()) in ("create", "partial_update")
]


def label(model: Any) -> str:
    return str(model._meta.label)


def columns(model: Any) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def stored(model: Any) -> list[dict[str, Any]]:
    return list(model._base_manager.order_by("pk").values())


def test_the_list_covers_every_model_and_only_what_exists() -> None:
    listed = {label(model): columns(model) for model in record_models()}
    assert set(READ_ONLY) == set(listed)
    assert all(READ_ONLY[name] <= listed[name] for name in listed)


@pytest.mark.parametrize(("route", "method"), WRITERS, ids=str)
def test_every_column_is_writable_or_listed(route: Route, method: str) -> None:
    fields = route.view.serializer_class().fields
    writable = {name for name, field in fields.items() if not field.read_only}
    assert columns(route.model) - writable == READ_ONLY[label(route.model)]


@pytest.mark.parametrize(("route", "method"), WRITERS, ids=str)
def test_what_the_system_sets_is_refused_by_name(
    as_alice: ApiClient, route: Route, method: str
) -> None:
    path, before = route.at(pk=MAKERS[route.model]().pk), stored(route.model)
    valid = BODIES[method, str(route)]()
    for name in READ_ONLY[label(route.model)] | INTERNAL:
        response = getattr(as_alice, method.lower())(path, valid | {name: 1}, HTTP_IF_MATCH="*")
        assert response.status_code == 422, name
        found = [(error["field"], error["code"]) for error in response.json()["errors"]]
        assert found in ([(name, "read_only")], [(name, "unknown")])
    assert stored(route.model) == before


@pytest.mark.parametrize(("route", "method"), WRITERS, ids=str)
def test_all_of_it_at_once_is_refused(as_alice: ApiClient, route: Route, method: str) -> None:
    path, before = route.at(pk=MAKERS[route.model]().pk), stored(route.model)
    refused = READ_ONLY[label(route.model)] | INTERNAL
    body = dict.fromkeys(refused, 1) | BODIES[method, str(route)]()
    response = getattr(as_alice, method.lower())(path, body, HTTP_IF_MATCH="*")
    assert response.status_code == 422
    assert {error["field"] for error in response.json()["errors"]} == refused
    assert stored(route.model) == before


def test_no_request_is_handed_to_the_orm_as_it_came() -> None:
    handed = re.compile(r"\*\*\s*(self\.)?request\.(GET|POST|data|query_params)")
    sources = [path for path in ROOT.glob("[a-z]*/**/*.py") if "tests" not in path.parts]
    assert len(sources) > 50
    assert not [path for path in sources if handed.search(path.read_text("utf-8"))]


@pytest.mark.parametrize(
    ("name", "value"), [("role", "admin"), ("is_active", False), ("username", "root"), ("id", 1)]
)
def test_nobody_promotes_themselves(as_sam: ApiClient, name: str, value: Any) -> None:
    before = as_sam.get("/api/v1/auth/me").json()
    response = as_sam.patch("/api/v1/auth/me", {name: value})
    assert response.status_code == 422
    assert [error["code"] for error in response.json()["errors"]] == ["read_only"]
    assert as_sam.get("/api/v1/auth/me").json() == before
