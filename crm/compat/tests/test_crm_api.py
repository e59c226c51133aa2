"""003, the registration form of a web shop, as its README tells and its clients expect."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from crm.base.models import SecurityEvent
from crm.compat.tests.samples_crm_api import IVAN
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer

ROOT = "/compat/crm-api"
ALBAN = {
    "name": "Alban Ceray",
    "email": "alban.ceray@example.fr",
    "age": 76,
    "gender": "Male",
    "country": "France",
}


def send(api: ApiClient, **values: Any) -> Any:
    return api.post(f"{ROOT}/register", IVAN | values)


@pytest.mark.usefixtures("db")
class TestReadme:
    def test_the_request_is_answered_as_printed(self, api: ApiClient) -> None:
        with time_machine.travel(datetime(2026, 2, 11, 13, 45, tzinfo=UTC), tick=False):
            response = send(api)
        customer = Customer.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": customer.pk,
            "user_uuid": str(customer.uuid),
            **IVAN,
            "registered_at": "2026-02-11T13:45:00.000000Z",
        }

    @pytest.mark.parametrize("form", [ALBAN, {k: IVAN[k] for k in IVAN if k != "address"}])
    def test_the_examples_run(self, api: ApiClient, form: dict[str, Any]) -> None:
        response = api.post(f"{ROOT}/register", form)
        assert response.status_code == 201
        optional = dict.fromkeys(("age", "gender", "country", "address", "phone"))
        assert (optional | form).items() <= response.json().items()

    def test_it_says_that_it_is_healthy(self, api: ApiClient) -> None:
        answer = {"status": "healthy", "service": "CRM API"}
        assert api.get(f"{ROOT}/health").json() == answer

    def test_it_says_who_it_is(self, api: ApiClient) -> None:
        for path in (ROOT, f"{ROOT}/"):
            response = api.get(path)
            assert (response.status_code, response.json()) == (200, {"service": "crm_api"})


def test_the_phone_is_echoed_as_sent_and_stored_normalised(db: None, api: ApiClient) -> None:
    assert send(api).json()["phone"] == "+7(921)345-19-48"
    assert Customer.objects.get().phone == "+79213451948"


@pytest.mark.parametrize("phone", ["call me", "12", "+7(921)345-19-48"])
def test_no_phone_is_a_reason_to_refuse(db: None, api: ApiClient, phone: str) -> None:
    make_customer(phone="+79213451948")
    response = send(api, phone=phone)
    assert (response.status_code, response.json()["phone"]) == (201, phone)
    customer = Customer.objects.latest("pk")
    assert (customer.phone, customer.phone_as_given) == (None, phone)


def test_email_and_age_are_taken_as_sent(db: None, api: ApiClient) -> None:
    answer = send(api, email="Ivan.Ivanov@Example.RU", age="40", unknown="x", id=5).json()
    assert (answer["email"], answer["age"]) == ("Ivan.Ivanov@Example.RU", 40)
    assert Customer.objects.get().email == "ivan.ivanov@example.ru"


def test_a_known_email_is_a_400_in_its_words(db: None, api: ApiClient) -> None:
    send(api)
    again = send(api, phone=None)
    assert again.status_code == 400
    text = "Пользователь с email ivan.ivanov@example.ru уже зарегистрирован"
    assert again.json() == {"detail": text}
    assert Customer.objects.count() == 1
    assert SecurityEvent.objects.get().kind == "registered_again"


def test_a_known_email_with_an_unreadable_phone_is_one_too(db: None, api: ApiClient) -> None:
    send(api)
    assert send(api, phone="call me").status_code == 400


def test_a_field_that_is_missing_is_a_422_of_its_shape(db: None, api: ApiClient) -> None:
    response = api.post(f"{ROOT}/register", {"email": "a@example.org"})
    assert response.status_code == 422
    row = {"loc": ["body", "name"], "msg": "Field required", "type": "missing"}
    assert response.json() == {"detail": [row]}


@pytest.mark.parametrize(
    ("field", "length"),
    [
        *(("name", 100), ("email", 100), ("gender", 10), ("country", 100), ("address", 255)),
        ("phone", 25),
    ],
)
def test_a_field_may_be_as_long_as_it_was(
    db: None, api: ApiClient, field: str, length: int
) -> None:
    at = "@" + "d" * 33 + ".example.org" if field == "email" else ""
    longest = "x" * (length - len(at)) + at
    long = send(api, **{field: "x" + longest})
    assert long.status_code == 422
    assert [row["loc"] for row in long.json()["detail"]] == [["body", field]]
    if field != "email":  # whose part before the @ has a limit of its own
        assert send(api, **{field: longest}).status_code == 201


def test_the_history_tells_who_and_where_from(db: None, api: ApiClient, as_sam: ApiClient) -> None:
    pk = send(api).json()["id"]
    [entry] = as_sam.get(f"/api/v1/customers/{pk}/history").json()["results"]
    assert (entry["source"], entry["reason"]) == ("compat", "CRM API")
    assert entry["user"]["name"] == "public registration"


# --- What was broken -----------------------------------------------------------------------------


def test_defect_an_email_in_another_case_was_another_customer(db: None, api: ApiClient) -> None:
    send(api)
    again = send(api, email="IVAN.IVANOV@example.ru", phone=None)
    assert again.status_code == 400
    assert "IVAN.IVANOV@example.ru" in again.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "notanemail"), ("email", ""), ("email", None), ("age", -5), ("name", "")],
)
def test_defect_nonsense_was_accepted(db: None, api: ApiClient, field: str, value: Any) -> None:
    response = send(api, **{field: value})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", field]


def test_the_api_s_own_form_counts_against_the_same_limit(db: None, api: ApiClient) -> None:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        for number in range(20):
            own = api.post("/api/v1/register", {"name": "Eva", "email": f"eva{number}@example.org"})
            assert own.status_code == 202
        assert send(api, email="ivan@example.org").status_code == 429


def test_defect_anybody_could_call_without_limit(db: None, api: ApiClient) -> None:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        found = [send(api, email=f"a{n}@example.org").status_code for n in range(21)]
        limited = send(api)
    assert found == [201] * 20 + [429]
    assert isinstance(limited.json()["detail"], str)
    assert int(limited.headers["Retry-After"]) > 0


def test_defect_anybody_could_empty_the_table(db: None, api: ApiClient) -> None:
    make_customer()
    assert api.post(f"{ROOT}/populate_base").status_code == 404
    assert Customer.objects.count() == 1
