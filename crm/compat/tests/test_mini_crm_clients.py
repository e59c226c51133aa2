"""001, the Mini CRM: its clients."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from accounts.models import User
from accounts.scopes import Scope
from accounts.tests.make import make_key
from crm.base.tests.faults import history_that_fails
from crm.compat.tests.clients import signed_in_at
from crm.compat.tests.mini_crm_page import CLIENTS, as_person, know, missing, place, shown, told
from crm.compat.tests.samples_mini_crm import JUAN
from crm.compat.urls import SERVICES
from crm.tests.clients import ApiClient, with_key
from crm.tests.races import Answer, answer_of, race
from customers.models import Customer
from customers.tests.make import make_customer
from leads.tests.make import make_lead

OPTIONAL = ("company_name", "phone", "email", "instagram", "address", "country")


@pytest.fixture
def sams(sam: User) -> ApiClient:
    return as_person(sam)


def create(client: ApiClient, **values: Any) -> Any:
    return client.post(CLIENTS, {"client_type": "natural", "contact_name": "Juan Pérez"} | values)


def client_out(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.pk,
        "client_type": customer.client_type,
        "contact_name": f"{customer.name} {customer.surname}".strip(),
        **{name: getattr(customer, name) or None for name in OPTIONAL},
        "created_at": shown(customer.created_at),
        "updated_at": shown(customer.updated_at),
    }


def found(client: ApiClient, query: str) -> list[str]:
    """Return the names of the clients that a search finds."""
    response = client.get(f"{CLIENTS}{query}")
    assert response.status_code == 200
    return [row["contact_name"] for row in response.json()]


# --- Create and change ---------------------------------------------------------------------------


def test_a_client_is_created_and_read(sam: User, sams: ApiClient) -> None:
    response = sams.post(CLIENTS, JUAN | {"company_name": None, "country": "", "unknown": 1})
    customer = Customer.objects.get()
    assert (response.status_code, response.json()) == (201, client_out(customer))
    assert JUAN.items() <= response.json().items()
    assert customer.created_by == sam
    assert sams.get(f"{CLIENTS}{customer.pk}").json() == client_out(customer) | {"leads": []}


@pytest.mark.parametrize("phone", [None, ""])
def test_no_phone_is_nobodys(sams: ApiClient, phone: str | None) -> None:
    for _ in range(2):
        assert create(sams, phone=phone).json()["phone"] is None


@pytest.mark.parametrize("phone", ["0412-345-6789", "+584123456789", "0058 412 345 67 89"])
def test_a_phone_is_formatted_and_taken_once(sams: ApiClient, phone: str) -> None:
    assert create(sams, phone=phone).json()["phone"] == "+584123456789"
    again = create(sams, phone="412 3456789")
    assert told(again) == (400, "Client with phone '+584123456789' already exists")
    other = create(sams).json()["id"]
    changed = sams.patch(f"{CLIENTS}{other}", {"phone": phone})
    assert told(changed) == (400, "Client with phone '+584123456789' already exists")


def test_a_taken_email_is_a_400(sams: ApiClient) -> None:
    create(sams, email="juan@example.com")
    again = create(sams, email="Juan@example.com")
    assert told(again) == (400, "Client with email 'Juan@example.com' already exists")


def test_of_a_phone_and_an_email_that_are_taken_the_phone_is_told(sams: ApiClient) -> None:
    create(sams, email="juan@example.com")
    create(sams, phone="+584123456789")
    again = create(sams, email="juan@example.com", phone="+584123456789")
    assert told(again) == (400, "Client with phone '+584123456789' already exists")


def test_a_company_needs_its_name(sams: ApiClient) -> None:
    needed = (400, "Company name is required for juridical clients")
    for name in (None, "", "  "):
        assert told(create(sams, client_type="juridical", company_name=name)) == needed
    company = create(sams, client_type="juridical", company_name="Acme").json()
    assert company["company_name"] == "Acme"
    assert told(sams.patch(f"{CLIENTS}{company['id']}", {"company_name": None})) == needed


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"client_type": "alien"}, "client_type"),
        ({"client_type": None}, "client_type"),
        ({"contact_name": ""}, "contact_name"),
        ({"contact_name": "x" * 151}, "contact_name"),
        ({"contact_name": "a\u202eb"}, "contact_name"),
        ({"company_name": "x" * 151}, "company_name"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"instagram": "x" * 101}, "instagram"),
        ({"address": "x" * 501}, "address"),
        ({"country": "x" * 101}, "country"),
    ],
)
def test_what_is_not_valid_is_a_422(sams: ApiClient, values: Any, where: str) -> None:
    assert place(create(sams, **values)) == (422, ["body", where])
    if None not in values.values():
        path = f"{CLIENTS}{make_customer().pk}"
        assert place(sams.patch(path, values)) == (422, ["body", where])


@pytest.mark.parametrize("field", ["client_type", "contact_name"])
def test_what_is_missing_is_a_422(sams: ApiClient, field: str) -> None:
    form = {name: value for name, value in JUAN.items() if name != field}
    assert place(sams.post(CLIENTS, form)) == (422, ["body", field])


def test_null_clears_what_may_be_null(sams: ApiClient) -> None:
    pk = create(sams, **dict.fromkeys(OPTIONAL[3:], "x"), phone="04123456789").json()["id"]
    nulls = dict.fromkeys((*OPTIONAL, "contact_name", "client_type"))
    response = sams.patch(f"{CLIENTS}{pk}", nulls)
    assert response.status_code == 200
    assert {name for name, value in response.json().items() if value is None} == {*OPTIONAL}
    assert response.json() == client_out(Customer.objects.get())


def test_an_unchanged_full_name_changes_nothing(sams: ApiClient) -> None:
    customer = make_customer(name="Pablo " + "x" * 140, surname="Ruiz")
    path = f"{CLIENTS}{customer.pk}"
    full = sams.get(path).json()["contact_name"]
    assert full.endswith("x Ruiz")
    assert sams.patch(path, {"contact_name": full, "country": "Chile"}).status_code == 200
    customer.refresh_from_db()
    assert (customer.surname, customer.country) == ("Ruiz", "Chile")
    assert sams.patch(path, {"contact_name": "Pedro Ruiz"}).json()["contact_name"] == "Pedro Ruiz"
    customer.refresh_from_db()
    assert (customer.name, customer.surname) == ("Pedro Ruiz", "")


def test_who_is_not_there_is_a_404_of_either_form(sams: ApiClient) -> None:
    assert told(sams.get(f"{CLIENTS}999")) == (404, "Client not found")
    for response in (sams.patch(f"{CLIENTS}999", {}), sams.delete(f"{CLIENTS}999")):
        assert (response.status_code, response.json()) == (404, missing("Client", 999))


def test_a_deleted_client_is_gone_and_its_phone_free(sams: ApiClient) -> None:
    pk = create(sams, phone="04123456789").json()["id"]
    assert sams.delete(f"{CLIENTS}{pk}").status_code == 204
    assert sams.get(CLIENTS).json() == []
    assert told(sams.get(f"{CLIENTS}{pk}")) == (404, "Client not found")
    assert create(sams, phone="04123456789").status_code == 201


def test_an_imported_client_keeps_its_number(sams: ApiClient) -> None:
    customer = make_customer(name="Ana")
    know("client", customer, 1)
    assert [row["id"] for row in sams.get(CLIENTS).json()] == [1]
    assert sams.patch(f"{CLIENTS}1", {"country": "Chile"}).json()["id"] == 1
    assert sams.delete(f"{CLIENTS}1").status_code == 204


# --- Lists and searches --------------------------------------------------------------------------


@pytest.fixture
def three(sams: ApiClient) -> None:
    """Three clients of three days in February."""
    people = [
        {"name": "Juan Pérez", "email": "juan.perez@example.com", "phone": "+584123456789"},
        {"name": "Ana", "surname": "Ruiz", "instagram": "ana.ruiz", "country": "Perú"},
        {"name": "Eva_100%", "company_name": "Acme", "client_type": "juridical"},
    ]
    for day, values in enumerate(people, start=10):
        with time_machine.travel(datetime(2026, 2, day, 12, tzinfo=UTC), tick=False):
            make_customer(**values)


@pytest.mark.usefixtures("three")
class TestSearches:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", ["Eva_100%", "Ana Ruiz", "Juan Pérez"]),
            ("?limit=1&skip=1", ["Ana Ruiz"]),
            ("?skip=3", []),
            ("search?name=uan", ["Juan Pérez"]),
            ("search?name=PÉR", ["Juan Pérez"]),
            ("search?name=a R", ["Ana Ruiz"]),
            ("search?name=an", ["Ana Ruiz", "Juan Pérez"]),
            ("search?name=acm", ["Eva_100%"]),
            ("search?name=example", []),
            ("search?name=a&limit=1", ["Eva_100%"]),
            ("advanced-search", ["Eva_100%", "Ana Ruiz", "Juan Pérez"]),
            ("advanced-search?contact_name=ruiz", ["Ana Ruiz"]),
            ("advanced-search?contact_name=&company_name=cm", ["Eva_100%"]),
            ("advanced-search?email=PEREZ@exam", ["Juan Pérez"]),
            ("advanced-search?instagram=@ANA", ["Ana Ruiz"]),
            ("advanced-search?instagram=@", ["Eva_100%", "Ana Ruiz", "Juan Pérez"]),
            ("advanced-search?country=PERÚ", ["Ana Ruiz"]),
            ("advanced-search?phone=0412 345 6789", ["Juan Pérez"]),
            ("advanced-search?phone=0412", ["Juan Pérez"]),
            ("advanced-search?phone=4123-45", ["Juan Pérez"]),
            ("advanced-search?phone=call me", []),
            ("advanced-search?phone=(", []),
            ("advanced-search?phone=%2B1 415 555 2671", []),
            ("advanced-search?client_type=juridical", ["Eva_100%"]),
            ("advanced-search?date_from=2026-02-11", ["Eva_100%", "Ana Ruiz"]),
            ("advanced-search?date_to=2026-02-11", ["Ana Ruiz", "Juan Pérez"]),
            ("advanced-search?date_to=2026-02-11T11:59:59.999Z", ["Juan Pérez"]),
            (
                "advanced-search?date_from=2026-02-11T12:00:00.000Z&date_to=2026-02-11T12:00:00.000Z",
                ["Ana Ruiz"],
            ),
            ("advanced-search?contact_name=a&client_type=natural&limit=1", ["Ana Ruiz"]),
        ],
    )
    def test_they_find(self, sams: ApiClient, query: str, names: list[str]) -> None:
        assert found(sams, quote(query, safe="?=&@%:")) == names

    @pytest.mark.parametrize(
        "query",
        [
            "search?",
            "advanced-search?client_type=alien",
            "advanced-search?date_from=yesterday",
            "advanced-search?date_to=2026-02-31",
        ],
    )
    def test_what_cannot_be_asked_is_a_422(self, sams: ApiClient, query: str) -> None:
        where = query.partition("?")[2].partition("=")[0] or "name"
        assert place(sams.get(f"{CLIENTS}{query}")) == (422, ["query", where])

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("phone=0412-3456789", "Juan Pérez"),
            ("phone=345678", "Juan Pérez"),
            ("email=JUAN.PEREZ@example.com", "Juan Pérez"),
            ("email=juan.perez@example.co", None),
            ("instagram=@Ana.Ruiz", "Ana Ruiz"),
            ("instagram=ana_ruiz", None),
            ("instagram=ana", None),
            ("phone=x&email=nobody@example.org&instagram=ana.ruiz", "Ana Ruiz"),
        ],
    )
    def test_it_tells_whether_a_client_exists(
        self, sams: ApiClient, query: str, name: str | None
    ) -> None:
        response = sams.get(f"{CLIENTS}check-exists?{query}")
        assert response.status_code == 200
        assert response.json() == name or response.json()["contact_name"] == name

    @pytest.mark.parametrize("query", ["", "?phone=&email=&instagram=@", "?name=Ana"])
    def test_nothing_asked_is_a_400(self, sams: ApiClient, query: str) -> None:
        text = "At least one search parameter is required (phone, email, or instagram)"
        assert told(sams.get(f"{CLIENTS}check-exists{query}")) == (400, text)

    @pytest.mark.parametrize("phone", ["0412-345-6789", "+584123456789", "0058 412 3456789"])
    def test_a_phone_is_formatted_before_it_is_looked_up(self, sams: ApiClient, phone: str) -> None:
        assert sams.get(f"{CLIENTS}by-phone/{phone}").json()["contact_name"] == "Juan Pérez"

    @pytest.mark.parametrize("phone", ["0412-345-6780", "x", "%00", "1/2"])
    def test_a_phone_that_is_nobodys_is_a_404(self, sams: ApiClient, phone: str) -> None:
        assert told(sams.get(f"{CLIENTS}by-phone/{phone}")) == (404, "Client not found")

    def test_the_numbers_of_the_dashboard_have_no_zeros(self, sams: ApiClient) -> None:
        by_type = {"natural": 2, "juridical": 1}
        assert sams.get(f"{CLIENTS}stats").json() == {"total": 3, "by_type": by_type}
        Customer.objects.get(company_name="Acme").archive()
        stats = sams.get(f"{CLIENTS}stats").json()
        assert stats == {"total": 2, "by_type": {"natural": 2}}


def test_the_numbers_of_nobody(sams: ApiClient) -> None:
    assert sams.get(f"{CLIENTS}stats").json() == {"total": 0, "by_type": {}}


# --- Beside the others ---------------------------------------------------------------------------


def test_the_main_api_and_other_services_see_it_and_where_from(
    sam: User, sams: ApiClient, as_sam: ApiClient
) -> None:
    pk = create(sams, email="juan@example.com").json()["id"]
    other = signed_in_at(SERVICES["the-crm-service"], sam)
    [item] = other.get("/compat/the-crm-service/customers").json()["items"]
    assert (item["name"], item["surname"]) == ("Juan Pérez", "")
    pablo = {"id": "C-1", "name": "Pablo", "surname": "Ruiz"}
    other.post("/compat/the-crm-service/customers", pablo)
    assert found(sams, "") == ["Pablo Ruiz", "Juan Pérez"]
    sams.patch(f"{CLIENTS}{pk}", {"country": "Chile"})
    assert as_sam.get(f"/api/v1/customers/{pk}").json()["name"] == "Juan Pérez"
    newest, first = as_sam.get(f"/api/v1/customers/{pk}/history").json()["results"]
    for entry in (newest, first):
        assert (entry["source"], entry["reason"]) == ("compat", "Mini CRM")
        assert entry["user"]["name"] == "sam"
    form = {"name": "Juan", "email": "JUAN@example.com"}
    assert as_sam.post("/compat/crm-api/register", form).status_code == 400


def test_a_key_creates_within_its_day_and_reads_by_its_scopes(db: None) -> None:
    scopes = [Scope.CUSTOMERS_ADD, Scope.CUSTOMERS_READ]
    client = with_key(make_key(daily_limit=1, scopes=scopes))
    assert [create(client).status_code for _ in range(2)] == [201, 429]
    [row] = client.get(CLIENTS).json()
    make_lead(customer=Customer.objects.get())
    assert client.get(f"{CLIENTS}{row['id']}").json()["leads"] == []
    assert client.patch(f"{CLIENTS}{row['id']}", {}).status_code == 403


# --- What was broken -----------------------------------------------------------------------------


def test_defect_a_phone_from_elsewhere_was_corrupted(sams: ApiClient) -> None:
    assert create(sams, phone="+14155552671").json()["phone"] == "+14155552671"
    assert create(sams, phone="+44 20 7946 0958").json()["phone"] == "+442079460958"


def test_defect_a_change_was_always_a_500(sams: ApiClient) -> None:
    pk = create(sams, phone="04123456789").json()["id"]
    changes = {"contact_name": "Pedro", "phone": "0414-1234567", "address": "Calle 2"}
    response = sams.patch(f"{CLIENTS}{pk}", changes)
    assert response.status_code == 200
    assert response.json() == client_out(Customer.objects.get())
    assert response.json()["phone"] == "+584141234567"


def test_defect_a_client_with_leads_could_not_be_deleted(sam: User, sams: ApiClient) -> None:
    customer = make_customer()
    lead = make_lead(customer=customer, assigned_to=sam)
    assert sams.delete(f"{CLIENTS}{customer.pk}").status_code == 204
    lead.refresh_from_db()
    assert lead.customer == customer


def test_defect_the_audit_was_written_in_a_second_transaction(sams: ApiClient, sam: User) -> None:
    customer = make_customer()
    with history_that_fails(Customer):
        response = sams.patch(f"{CLIENTS}{customer.pk}", {"contact_name": "Pedro"})
    assert response.status_code == 503
    assert Customer.objects.get().name == customer.name


@pytest.mark.race
def test_defect_the_loser_of_a_race_got_a_500(transactional_db: None, sams: ApiClient) -> None:
    writers = [partial(creation, sams, f"Writer {number}") for number in range(3)]
    answers = race(*writers)
    taken = {"detail": "Client with phone '+584123456789' already exists"}
    assert sorted(answer.status for answer in answers) == [201, 400, 400]
    assert [answer.json for answer in answers if answer.status == 400] == [taken, taken]


def creation(client: ApiClient, name: str) -> Answer:
    return answer_of(create(client, contact_name=name, phone="0412-3456789"))


@pytest.mark.parametrize("text", ["%", "_", "100%", "a_100"])
def test_defect_percent_and_underscore_were_wildcards(
    three: None, sams: ApiClient, text: str
) -> None:
    for query in (f"search?name={quote(text)}", f"advanced-search?contact_name={quote(text)}"):
        assert found(sams, query) == ["Eva_100%"]
    assert found(sams, f"advanced-search?country={quote(text)}") == []


def test_defect_lists_had_no_order(sams: ApiClient) -> None:
    numbers = [create(sams).json()["id"] for _ in range(3)]
    sams.patch(f"{CLIENTS}{numbers[0]}", {"country": "Chile"})
    assert [row["id"] for row in sams.get(CLIENTS).json()] == numbers[::-1]
