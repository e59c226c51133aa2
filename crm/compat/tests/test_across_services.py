"""One customer and one lead, whichever service they came through."""

from typing import Any

import pytest

from accounts.models import User
from accounts.scopes import Scope
from accounts.tests.make import make_key, make_user
from crm.compat.importing.services import IMPORTERS
from crm.compat.service import Service
from crm.compat.tests.clients import signed_in_at
from crm.compat.urls import SERVICES
from crm.tests.clients import ApiClient, signed_in, with_key
from customers.models import Customer
from leads.models import Lead

CONSOLE, MINI, SHOP, FORM, MICRO = (
    f"/compat/{name}"
    for name in ("console-crm", "mini-crm", "the-crm-service", "crm-api", "crm-microservice")
)
API = "/api/v1"
MAIL = "ana@example.com"
ANA = {"name": "Ana", "email": MAIL}
CUSTOMERS = {
    CONSOLE: ("usuarios", {"nombre": "Ana", "apellidos": "Ruiz", "email": MAIL}),
    MINI: ("clients", {"client_type": "natural", "contact_name": "Ana", "email": MAIL}),
    SHOP: ("customers", {"id": "C-1", "name": "Ana", "surname": ""}),
    FORM: ("register", ANA),
    API: ("customers", ANA),
}
LEADS: dict[str, dict[str, Any]] = {
    MINI: {"channel": "web"},
    MICRO: ANA,
    API: ANA | {"channel": "web"},
}
SIGNING_IN = [service for service in SERVICES.values() if service.sign_in]


@pytest.fixture
def key(db: None) -> ApiClient:
    return with_key(make_key(scopes=list(Scope.values)))


def at(place: str, user: User) -> ApiClient:
    """Return a client with a token of the service at ``place``, or of the API itself."""
    service = SERVICES.get(place.removeprefix("/compat/"))
    return signed_in_at(service, user) if service else signed_in(user)


@pytest.mark.parametrize("through", CUSTOMERS)
def test_a_customer_is_one_everywhere(through: str, key: ApiClient, alice: User) -> None:
    route, body = CUSTOMERS[through]
    client = {CONSOLE: key, FORM: ApiClient()}.get(through) or at(through, alice)
    assert client.post(f"{through}/{route}", body).status_code in (200, 201)
    mini, shop, ana = at(MINI, alice), at(SHOP, alice), Customer.objects.get()
    known = ana.external_id or str(ana.uuid)
    assert mini.patch(f"{MINI}/clients/{ana.pk}/", {"email": MAIL}).json()["contact_name"] == str(
        ana
    )
    assert key.get(f"{CONSOLE}/usuarios?email={MAIL}").json()["id"] == f"USR{ana.pk:03}"
    assert shop.get(f"{SHOP}/customers/{known}").json()["name"] == "Ana"
    assert ApiClient().post(f"{FORM}/register", ANA | {"email": "ANA@example.com"}).status_code == (
        400
    )
    assert at(API, alice).get(f"{API}/customers/{ana.pk}").json()["email"] == MAIL
    made = mini.get(f"{MINI}/audit-logs/table/clients/{ana.pk}").json()[-1]
    assert (made["action"], made["new_values"]["contact_name"]) == ("create", str(ana))
    first = ana.history.order_by("pk").first()
    assert (first.source == "compat") == (through != API)
    assert mini.delete(f"{MINI}/clients/{ana.pk}").status_code == 204
    assert key.get(f"{CONSOLE}/usuarios?email={MAIL}").status_code == 404
    assert shop.get(f"{SHOP}/customers/{known}").json()["dt_deleted"]


@pytest.mark.parametrize("through", LEADS)
def test_a_lead_is_one_everywhere_and_nobody_elses(
    through: str, key: ApiClient, alice: User, sam: User
) -> None:
    route, named = CUSTOMERS[MINI]
    client_id = at(MINI, sam).post(f"{MINI}/{route}", named).json()["id"]
    body = LEADS[through] | ({"client_id": client_id} if through == MINI else {})
    assert at(through, sam).post(f"{through}/leads", body).status_code in (200, 201)
    lead = Lead.objects.get()
    assert (lead.assigned_to, lead.history.get().actor_name) == (sam, "sam")
    for user, status in ((sam, 200), (alice, 200), (make_user("sara"), 404)):
        found = {at(to, user).get(f"{to}/leads/{lead.pk}").status_code for to in LEADS}
        assert found == {status}
    key.post(f"{MICRO}/actions", {"lead_id": lead.pk, "action_type": "call"})
    moved = at(MINI, sam).patch(f"{MINI}/leads/{lead.pk}/status", {"status": "quoted"})
    assert moved.status_code == 200
    assert key.get(f"{MICRO}/leads/{lead.pk}").json()["status"] == "quoted"
    assert key.get(f"{MICRO}/processes?lead_id={lead.pk}").json()[0]["channel"] == "call"
    made = at(MINI, alice).get(f"{MINI}/audit-logs/table/leads/{lead.pk}").json()[-1]
    assert (made["action"], made["user"]["username"]) == ("create", "sam")


@pytest.mark.parametrize("giver", SIGNING_IN, ids=lambda service: service.slug)
def test_a_token_opens_the_service_that_gave_it_and_no_other(giver: Service, alice: User) -> None:
    addresses = (f"{MINI}/clients", f"{SHOP}/customers", f"{MICRO}/leads", f"{API}/leads")
    client = signed_in_at(giver, alice)
    opened = [one for one in addresses if client.get(one).status_code == 200]
    assert [one.split("/")[2] for one in opened] == [giver.slug]


def test_an_import_goes_by_the_names_of_the_adapter() -> None:
    adapters = {slug: service.title for slug, service in SERVICES.items()}
    assert {slug: one.service.title for slug, one in IMPORTERS.items()} == adapters
