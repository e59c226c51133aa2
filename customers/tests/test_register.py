"""``POST /api/v1/register``: customers who register themselves, and what that tells anybody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from crm.base.models import SecurityEvent
from crm.tests.clients import ApiClient
from crm.tests.races import race
from customers.models import Customer
from customers.registration import register
from customers.tests.make import make_customer

REGISTER = "/api/v1/register"
FORM = {"name": "Анна Петрова", "email": "Anna@Example.org", "phone": "+7(921)345-19-48", "age": 40}
FRONTEND = "https://shop.example.org"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False) as clock:
        yield clock


def send(api: ApiClient, **values: Any) -> Any:
    return api.post(REGISTER, FORM | values)


def test_a_form_becomes_a_customer(db: None, api: ApiClient, as_sam: ApiClient) -> None:
    response = send(api, country="Россия")
    assert (response.status_code, response.json()) == (202, {"status": "accepted"})
    customer = Customer.objects.get()
    assert (customer.name, customer.email) == ("Анна Петрова", "anna@example.org")
    assert (customer.phone, customer.country_code) == ("+79213451948", "RU")
    [entry] = as_sam.get(f"/api/v1/customers/{customer.pk}/history").json()["results"]
    assert entry["user"] == {"id": None, "name": "public registration", "role": "public"}
    assert entry["source"] == "api"


def answers_alike(first: Any, second: Any) -> bool:
    varying = {"X-Request-ID"}
    headers = [
        {name: value for name, value in answer.headers.items() if name not in varying}
        for answer in (first, second)
    ]
    return (first.status_code, first.content, headers[0]) == (
        second.status_code,
        second.content,
        headers[1],
    )


def test_an_email_that_is_known_is_answered_alike_and_changes_nothing(
    db: None, api: ApiClient
) -> None:
    known = make_customer(email="anna@example.org", name="Anna")
    again, fresh = send(api), send(api, email="fresh@example.org", phone=None)
    assert answers_alike(again, fresh)
    known.refresh_from_db()
    assert (known.name, known.version) == ("Anna", 1)
    assert Customer.objects.count() == 2
    event = SecurityEvent.objects.get(kind="registered_again")
    assert (event.details, event.actor_name) == ({"customer": known.pk}, "public registration")


def test_a_phone_that_is_known_is_answered_alike_and_kept_as_given(
    db: None, api: ApiClient
) -> None:
    known = make_customer(phone="+79213451948")
    again = send(api)
    assert answers_alike(again, send(api, email="fresh@example.org", phone=None))
    registered = Customer.objects.get(email="anna@example.org")
    assert (registered.phone, registered.phone_as_given) == (None, "+79213451948")
    known.refresh_from_db()
    assert (known.phone, known.version) == ("+79213451948", 1)


def test_both_known_is_one_known_customer(db: None, api: ApiClient) -> None:
    make_customer(email="anna@example.org")
    make_customer(phone="+79213451948")
    assert send(api).status_code == 202
    assert Customer.objects.count() == 2


def test_an_archived_customer_is_not_in_the_way(db: None, api: ApiClient) -> None:
    make_customer(email="anna@example.org", phone="+79213451948").archive()
    send(api)
    assert Customer.objects.live().get().phone == "+79213451948"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"email": ""}, "email"),
        ({"email": None}, "email"),
        ({"email": "notanemail"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"age": -5}, "age"),
        ({"age": 151}, "age"),
        ({"client_type": "juridical"}, "company_name"),
        *(({name: "x"}, name) for name in ("external_id", "photo_url", "registered_at", "id")),
        *(({name: "x"}, name) for name in ("created_by", "phone_as_given", "archived_at", "uuid")),
    ],
    ids=str,
)
def test_what_is_wrong_with_the_form_is_said(
    db: None, api: ApiClient, values: dict[str, Any], field: str
) -> None:
    response = send(api, **values)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field
    assert not Customer.objects.exists()


def test_an_email_is_needed(db: None, api: ApiClient) -> None:
    assert api.post(REGISTER, {"name": "Anna"}).status_code == 422


def test_one_address_may_register_twenty_an_hour(db: None, api: ApiClient, clock: Any) -> None:
    forms = [{"email": f"a{number}@example.org", "phone": None} for number in range(21)]
    statuses = [send(api, **form).status_code for form in forms]
    assert statuses == [202] * 20 + [429]
    limited = send(api)
    assert 0 < int(limited.headers["Retry-After"]) <= 3600
    assert send(ApiClient(REMOTE_ADDR="192.0.2.7")).status_code == 202
    clock.shift(timedelta(hours=1))
    assert send(api, email="later@example.org", phone=None).status_code == 202


def test_forms_with_mistakes_count_too(db: None, api: ApiClient) -> None:
    assert [send(api, name="").status_code for _ in range(21)] == [422] * 20 + [429]


def register_one(number: int) -> int:
    status: int = send(ApiClient(), email=f"a{number}@example.org", phone=None).status_code
    return status


@pytest.mark.race
@pytest.mark.usefixtures("transactional_db")
def test_the_limit_is_exact_across_processes() -> None:
    statuses = race(*(partial(several_of, start) for start in range(0, 32, 4)))
    found = sorted(status for some in statuses for status in some)
    assert found == [202] * 20 + [429] * 12
    assert Customer.objects.count() == 20


def several_of(start: int) -> list[int]:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        return [register_one(number) for number in range(start, start + 4)]


@pytest.mark.race
@pytest.mark.usefixtures("transactional_db")
def test_of_two_who_register_one_email_at_once_one_becomes_a_customer() -> None:
    statuses = race(*[partial(register_one, 1)] * 4)
    assert statuses == [202] * 4
    assert Customer.objects.count() == 1


def test_a_script_of_the_shop_may_send_it_and_no_other(
    db: None, api: ApiClient, settings: Any
) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRONTEND]
    wanted = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    for origin, allowed in ((FRONTEND, FRONTEND), ("https://evil.example", None)):
        preflight = api.options(REGISTER, headers={"Origin": origin} | wanted)
        answers = [preflight, send(api, HTTP_ORIGIN=origin)]
        answers[1] = api.post(REGISTER, {"name": ""}, headers={"Origin": origin})
        for answer in answers:
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed


def test_the_rule_tells_a_caller_who_may_know(db: None) -> None:
    form = {"name": "Anna", "email": "anna@example.org"}
    assert register(form) == Customer.objects.get()
    assert register(form) is None
