"""The write paths of the API and of the replaced services: every unsafe method of every route."""

from collections.abc import Callable
from functools import partial
from typing import Any

from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.compat.tests.clients import signed_in_at
from crm.compat.tests.samples import Case, cases
from crm.tests.clients import ApiClient, with_key
from crm.tests.routes import Route, api_routes
from crm.tests.samples import picture, sample
from crm.tests.write_paths import Perform, World, add, hand_over, path
from customers.tests.make import make_customer
from invoices.tests.make import make_draft
from leads.tests.make import make_lead

SIGNING_IN = "a sign-in is no change of a record; a security event tells"
QUIET = {
    "POST /api/v1/auth/login": SIGNING_IN,
    "POST /api/v1/auth/refresh": SIGNING_IN,
    "POST /api/v1/auth/logout": SIGNING_IN,
    "POST /compat/the-crm-service/auth/token": SIGNING_IN,
    "POST /compat/mini-crm/auth/login": SIGNING_IN,
}
REGISTRATIONS = ("POST /api/v1/register", "POST /compat/crm-api/register")
PUBLIC = dict.fromkeys(REGISTRATIONS, "public registration")
PHOTO = "PUT /api/v1/customers/{pk}/photo"
BY_KEY = "API key web shop"
BACK = "/history/{history_id}/restore"


def of_route(method: str, route: Route, world: World) -> Perform:
    where, options = sample(route, method)
    client = world.api
    return lambda: client.generic(method, where, **options)


def of_service(case: Case, world: World) -> Perform:
    client = a_key() if by_key(case) else signed_in_at(case.service, world.alice)
    where, options = case.address(), case.options()
    return lambda: client.generic(case.method, where, **options)


def by_key(case: Case) -> bool:
    """Tell whether the service takes keys alone."""
    return case.sample.statuses[-1] >= 400


def a_key() -> ApiClient:
    return with_key(make_key("web shop", scopes=Scope.values))


for each in api_routes():
    for verb in sorted(set(each.methods) - {"GET"}) if each.view else ():
        name = f"{verb} {each}"
        if name == PHOTO or name.endswith(BACK):
            continue  # the sample puts what is there already
        actor = PUBLIC.get(name, "alice")
        quiet = QUIET.get(name, "")
        add(name, partial(of_route, verb, each), source="api", actor=actor, quiet=quiet)

for one in cases():
    if one.method != "GET":
        add(
            str(one),
            partial(of_service, one),
            source="compat",
            actor=PUBLIC.get(str(one), BY_KEY if by_key(one) else "alice"),
            reason=one.service.title,
            quiet=QUIET.get(str(one), ""),
        )


def registering(client: ApiClient, **options: Any) -> Perform:
    return lambda: client.post("/api/v1/customers", {"name": "Diego"}, **options)


@path(PHOTO, source="api")
def _(world: World) -> Perform:
    where = f"/api/v1/customers/{make_customer().pk}/photo"
    return lambda: world.api.put(where, {"photo": picture()}, format="multipart")


@path("by a key", source="api", actor=BY_KEY)
def _(world: World) -> Perform:
    return registering(a_key())


def back(make: Callable[..., Any], change: dict[str, str], world: World) -> Perform:
    record = make()
    where = f"/api/v1/{record._meta.model_name}s/{record.pk}"
    entry = record.history.latest("history_id").history_id
    changed = world.api.patch(where, change, HTTP_IF_MATCH="*")
    assert changed.status_code == 200
    return lambda: world.api.post(f"{where}/history/{entry}/restore", {}, HTTP_IF_MATCH="*")


VERSIONS: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {
    "customers": (make_customer, {"city": "Lima"}),
    "leads": (make_lead, {"sales_notes": "Calls back"}),
    "invoices": (make_draft, {"description": "As agreed"}),
}
for records, (maker, difference) in VERSIONS.items():
    add(
        f"POST /api/v1/{records}/{{pk}}{BACK}",
        partial(back, maker, difference),
        source="api",
        reason="Put back to version 1 of ",
    )


@path("repeated with an Idempotency-Key", source="api", quiet="the first request did it")
def _(world: World) -> Perform:
    send = registering(world.api, HTTP_IDEMPOTENCY_KEY="once")
    send()
    return send


@path("a change that changes nothing", source="api", quiet="nothing differs")
def _(world: World) -> Perform:
    customer = make_customer(city="Lima")
    body = {"city": "Lima", "name": customer.name}
    return lambda: world.api.patch(f"/api/v1/customers/{customer.pk}", body)


@path("a lead is discarded, and its reason told", source="api", reason="No budget")
def _(world: World) -> Perform:
    lead = make_lead()
    body = {"status": "discarded", "reason": "No budget"}
    return lambda: world.api.patch(f"/api/v1/leads/{lead.pk}/status", body)


@path("somebody leaves, and their leads go to another", source="api")
def _(world: World) -> Perform:
    sam = hand_over(world)
    body = {"is_active": False, "successor": world.alice.pk}
    return lambda: world.api.patch(f"/api/v1/users/{sam.pk}", body, HTTP_IF_MATCH="*")


@path("somebody leaves, and their leads become nobody's", source="api")
def _(world: World) -> Perform:
    sam = hand_over(world)
    return lambda: world.api.delete(f"/api/v1/users/{sam.pk}?confirm=true", HTTP_IF_MATCH="*")
