"""What each request asks the database: as much at ten rows as at one, and nothing unexplained."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiKey, User
from accounts.tests.make import make_key
from crm.base.models import Archivable
from crm.tests.clients import ApiClient, with_key
from crm.tests.routes import Route, api_routes, back_office_routes
from crm.tests.samples import PLAIN, address
from customers.tests.make import make_customer
from invoices.models import Invoice, InvoiceLine, Payment
from leads.models import Action, Lead, Process

STATEMENT = re.compile(
    r'\s*(SELECT|INSERT|UPDATE|DELETE)\b(?:.*?\b(?:FROM|INTO|UPDATE))?\s+"?(\w+)', re.DOTALL
)
# PostgreSQL writes a new record and its history with one statement.
TWO_ROWS = re.compile(r"^WITH record AS \(|(?<=\*\)) (?=INSERT)")
# An action that answers many rows, and so may be tempted to ask for each of them.
MANY = {"list", "history", "search", "duplicates"}
LISTS = [route for route in api_routes() if MANY & set(route.actions.values())]
TEXT = {Action: "details", Process: "channel", Invoice: "description", InvoiceLine: "description"}
# What is overdue depends on the day it is where the company is.
ALSO = {"/api/v1/invoices": ["SELECT invoices_companyprofile"]}
TOLD_WITH = {Invoice: ["SELECT invoices_historicalinvoiceline"]}
FIRST_PAGES = [str(route) for route in back_office_routes() if "{" not in str(route)]
MOST_STATEMENTS = 6
MORE = {
    "/admin/audit/": 16,  # one for each table that has entries on the page
    "/admin/invoices/numberseries/": 7,  # of which there are two, each with a counter
}
# One look-up tells whose token it is, whether the session is open and what the role is.
AUTH = "SELECT accounts_user"


def statements(request: Callable[[], Any]) -> list[str]:
    """Return what ``request`` asks, as ``SELECT accounts_user``; savepoints do not count."""
    with CaptureQueriesContext(connection) as captured:
        response = request()
    assert response.status_code < 400, response.content
    parts = [part for query in captured.captured_queries for part in TWO_ROWS.split(query["sql"])]
    found = [STATEMENT.match(part) for part in parts]
    return [f"{match[1]} {match[2]}" for match in found if match]


def more_rows(record: Any) -> None:
    """Add nine records, and to the given one history."""
    for _ in range(9):
        PLAIN[type(record)]()
        change(record)
        change(record)


def change(record: Any) -> None:
    if isinstance(record, Archivable):
        record.restore() if record.archived_at else record.archive(confirmed=True)
    elif isinstance(record, ApiKey):
        record.rotate()
    elif not isinstance(record, Payment):  # which never change; twice is once there and back
        name = TEXT[type(record)]
        setattr(record, name, "as it was" if getattr(record, name) == "changed" else "changed")
        record.save()


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_costs_as_much_at_ten_rows_as_at_one(as_alice: ApiClient, route: Route) -> None:
    record = PLAIN[route.model]()
    path = address(route, pk=record.pk)
    one = statements(lambda: as_alice.get(path))
    more_rows(record)
    assert statements(lambda: as_alice.get(path)) == one
    rows = f"SELECT {route.model._meta.db_table}"
    history = f"SELECT {route.model.history.model._meta.db_table}"
    # A history page: the record, its entries, and the one before the oldest of them; of several
    # tables: which entries, then those of each.
    told = [AUTH, rows, history, history, *TOLD_WITH.get(route.model, [])]
    assert one == (told if "history" in str(route) else [AUTH, *ALSO.get(str(route), []), rows])


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_a_back_office_list_costs_as_much_at_ten_rows_as_at_one(
    alice: User, back_office: Callable[[User], Client], model: Any
) -> None:
    if model not in PLAIN:
        return
    client, record = back_office(alice), PLAIN[model]()
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    client.get(path)  # what is read once a process
    one = statements(lambda: client.get(path))
    more_rows(record)
    assert statements(lambda: client.get(path)) == one


@pytest.mark.parametrize("name", ["alice", "sam"])
def test_a_first_page_of_the_back_office_costs_six_statements_at_most(
    back_office: Callable[[User], Client], alice: User, sam: User, name: str
) -> None:
    for make in PLAIN.values():
        more_rows(make())
    for lead in Lead.objects.all():
        lead.assign({"alice": alice, "sam": sam}[name])
    client, found = back_office({"alice": alice, "sam": sam}[name]), {}
    for path in FIRST_PAGES:
        client.get(path)  # what is read once a process
        with CaptureQueriesContext(connection) as asked:
            if client.get(path).status_code == 200:
                found[path] = len(asked)
    assert len(found) > 15
    allowed = {path: MORE.get(path, MOST_STATEMENTS) for path in found}
    assert {path: count for path, count in found.items() if count > allowed[path]} == {}


def test_every_query_of_a_list_costs_the_same(as_sam: ApiClient) -> None:
    for number in range(5):
        make_customer(name=f"Ana {number}", city="Mérida")
    plain = [AUTH, "SELECT customers_customer"]
    for query in ("search=ana", "ordering=-name", "city=mérida", "page_size=2"):
        assert statements(partial(as_sam.get, f"/api/v1/customers?{query}")) == plain
    # The rows, and how many there are.
    counted = statements(lambda: as_sam.get("/api/v1/customers?count=true"))
    assert counted == [*plain, "SELECT customers_customer_tally"]


def test_a_page_further_on_costs_what_the_first_does(as_sam: ApiClient) -> None:
    for _ in range(5):
        make_customer()
    following = as_sam.get("/api/v1/customers?page_size=2").json()["next"]
    assert statements(lambda: as_sam.get(following)) == [AUTH, "SELECT customers_customer"]


def test_a_detail_is_one_row(as_sam: ApiClient) -> None:
    customer = make_customer(created_by=User.objects.get(username="sam"))
    path = f"/api/v1/customers/{customer.pk}"
    assert statements(lambda: as_sam.get(path)) == [AUTH, "SELECT customers_customer"]


def test_creating_is_the_row_and_its_history(as_sam: ApiClient) -> None:
    assert statements(lambda: as_sam.post("/api/v1/customers", {"name": "Ana"})) == [
        AUTH,
        "INSERT customers_customer",
        "INSERT customers_historicalcustomer",
    ]


def test_creating_with_a_key_adds_the_key_and_its_answer(as_sam: ApiClient) -> None:
    def create() -> Any:
        return as_sam.post("/api/v1/customers", {"name": "Ana"}, HTTP_IDEMPOTENCY_KEY="one")

    assert statements(create) == [
        AUTH,
        "INSERT base_idempotencyrecord",
        "INSERT customers_customer",
        "INSERT customers_historicalcustomer",
        "UPDATE base_idempotencyrecord",
    ]


def test_changing_reads_the_row_and_writes_it_and_its_history(as_sam: ApiClient) -> None:
    path = f"/api/v1/customers/{make_customer().pk}"
    assert statements(lambda: as_sam.patch(path, {"city": "Mérida"})) == [
        AUTH,
        "SELECT customers_customer",
        "UPDATE customers_customer",  # claims the version: where somebody faster is noticed
        "UPDATE customers_customer",
        "INSERT customers_historicalcustomer",
    ]


def test_changing_nothing_writes_nothing(as_sam: ApiClient) -> None:
    path = f"/api/v1/customers/{make_customer(city='Mérida').pk}"
    asked = statements(lambda: as_sam.patch(path, {"city": "Mérida"}))
    assert asked == [AUTH, "SELECT customers_customer"]


def test_archiving_asks_for_debts_and_is_a_change_as_any_other(as_sam: ApiClient) -> None:
    path = f"/api/v1/customers/{make_customer().pk}"
    assert statements(lambda: as_sam.delete(path)) == [
        AUTH,
        "SELECT customers_customer",
        "SELECT leads_lead",  # is anybody still working on them?
        "SELECT invoices_invoice",  # do they owe us anything?
        "UPDATE customers_customer",
        "UPDATE customers_customer",
        "INSERT customers_historicalcustomer",
    ]


def test_a_page_of_the_back_office_reads_session_and_user_at_once(
    sam: User, back_office: Callable[[User], Client]
) -> None:
    client = back_office(sam)
    assert statements(lambda: client.get("/admin/")) == ["SELECT accounts_browsersession"]
    assert statements(lambda: client.get("/admin/customers/customer/")) == [
        "SELECT accounts_browsersession",
        "SELECT customers_customer",  # how many, as far as it is cheap
        "SELECT customers_customer",
    ]
    assert statements(lambda: Client().get("/admin/login/")) == []


@pytest.mark.django_db
def test_a_key_is_looked_up_once_and_counted_last() -> None:
    client = with_key(make_key())
    client.post("/api/v1/customers", {"name": "Ana"})  # the first request in a minute notes its use
    assert statements(lambda: client.post("/api/v1/customers", {"name": "Eva"})) == [
        "SELECT accounts_apikey",
        "INSERT customers_customer",
        "INSERT customers_historicalcustomer",
        "INSERT accounts_apikeyuse",
    ]
