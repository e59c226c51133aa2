"""``Idempotency-Key`` on POST: the same key and body, the same answer, whenever it is asked."""

from typing import Any

import orjson
import pytest

from crm.base.models import IdempotencyRecord
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer

CUSTOMERS = "/api/v1/customers"
ANA = {"name": "Ana", "email": "ana@example.com", "age": 30}


def create(client: ApiClient, body: Any = None, key: str = "order-7", path: str = CUSTOMERS) -> Any:
    sent = ANA if body is None else body
    return client.post(path, sent, HTTP_IDEMPOTENCY_KEY=key)


def assert_replayed(first: Any, again: Any) -> None:
    assert again.status_code == first.status_code
    assert again.content == first.content
    for name in ("ETag", "Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_repeated_request_gets_the_first_answer(as_sam: ApiClient) -> None:
    first = create(as_sam)
    assert first.status_code == 201
    assert_replayed(first, create(as_sam))
    assert Customer.objects.count() == 1
    assert Customer.history.count() == 1


def test_the_answer_is_that_of_the_time_even_when_the_record_changed(as_sam: ApiClient) -> None:
    first = create(as_sam)
    assert as_sam.patch(first.headers["Location"], {"name": "Eva"}).status_code == 200
    assert_replayed(first, create(as_sam))
    assert as_sam.delete(first.headers["Location"]).status_code == 204
    assert_replayed(first, create(as_sam))


@pytest.mark.parametrize("name", ["Zoë 🙂", 'say "x" \\ / <b>', "a\u2028b", "Ω" * 100, "٣"])
def test_the_answer_is_the_same_to_the_byte(as_sam: ApiClient, name: str) -> None:
    body = {"name": name, "photo_url": "https://example.com/a?b=c&d=é", "country": "Perú"}
    assert_replayed(create(as_sam, body), create(as_sam, body))


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Ana", "age": 30, "email": "other@example.com"},
        {"name": "Ana", "email": "ana@example.com"},
        {"name": "Ana", "email": "ana@example.com", "age": "30"},
        {"name": "Ana", "email": "ana@example.com", "age": 30, "city": ""},
        {"name": "ANA", "email": "ana@example.com", "age": 30},
        {},
    ],
    ids=str,
)
def test_another_body_under_the_same_key_is_refused(as_sam: ApiClient, body: Any) -> None:
    first = create(as_sam)
    refused = create(as_sam, body)
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("Idempotency-Key", "key_reused")
    assert Customer.objects.count() == 1
    assert_replayed(first, create(as_sam))


def test_the_order_and_spacing_of_the_body_do_not_matter(as_sam: ApiClient) -> None:
    first = create(as_sam)
    turned = orjson.dumps(dict(reversed(ANA.items())), option=orjson.OPT_INDENT_2)
    again = as_sam.generic(
        "POST", CUSTOMERS, turned, "application/json", HTTP_IDEMPOTENCY_KEY="order-7"
    )
    assert_replayed(first, again)


def test_a_slash_at_the_end_is_the_same_place(as_sam: ApiClient) -> None:
    first = create(as_sam)
    assert_replayed(first, create(as_sam, path=f"{CUSTOMERS}/"))
    assert Customer.objects.count() == 1


def test_a_key_belongs_to_one_person(as_sam: ApiClient, as_maria: ApiClient) -> None:
    one = create(as_sam, {"name": "Ana"})
    other = create(as_maria, {"name": "Eva"})
    assert (one.status_code, other.status_code) == (201, 201)
    assert other.json()["name"] == "Eva"


def test_a_key_belongs_to_one_place(as_maria: ApiClient) -> None:
    one, other = make_customer(), make_customer()
    for customer in (one, other):
        customer.archive()
        path = f"{CUSTOMERS}/{customer.pk}/restore"
        response = create(as_maria, {}, path=path)
        assert (response.status_code, response.json()["id"]) == (200, customer.pk)
        replayed = create(as_maria, {}, path=path)
        assert replayed.headers["Idempotency-Replayed"] == "true"


def test_another_key_is_another_request(as_sam: ApiClient) -> None:
    for key in ("a", "b", "A"):
        assert create(as_sam, {"name": "Ana"}, key).status_code == 201
    assert Customer.objects.count() == 3


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"nmae": "Ana"}, {"name": "Ana", "email": "taken@example.com"}],
    ids=["invalid", "unknown", "conflict"],
)
def test_a_request_that_failed_may_be_corrected_under_its_key(as_sam: ApiClient, body: Any) -> None:
    make_customer(email="taken@example.com")
    failed = create(as_sam, body)
    assert failed.status_code in (409, 422)
    assert not IdempotencyRecord.objects.exists()
    corrected = create(as_sam)
    assert corrected.status_code == 201
    assert_replayed(corrected, create(as_sam))


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb", "a\nb", "\x7f", "日本", "a b", " "])
def test_a_key_that_is_none_is_refused(as_sam: ApiClient, key: str) -> None:
    response = create(as_sam, key=key)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Customer.objects.exists()


@pytest.mark.parametrize("key", ["x", "x" * 255, "8e03978e-40d5-43dd-bc93-6894a57f9324", "';--"])
def test_any_visible_ascii_is_a_key(as_sam: ApiClient, key: str) -> None:
    first = create(as_sam, key=key)
    assert first.status_code == 201
    assert_replayed(first, create(as_sam, key=key))


@pytest.mark.parametrize("age", [10**29, -(2**63) - 1, 1e300, True, None, [1], {"a": 1}, "x" * 999])
def test_an_odd_value_is_answered_as_without_a_key(as_sam: ApiClient, age: Any) -> None:
    body = {"name": "Ana", "age": age}
    with_key, without = create(as_sam, body), as_sam.post(CUSTOMERS, body)
    assert with_key.status_code == without.status_code
    assert with_key.status_code in (201, 422)


def test_whoever_lost_the_right_gets_no_replay(as_maria: ApiClient, maria: Any) -> None:
    customer = make_customer()
    customer.archive()
    path = f"{CUSTOMERS}/{customer.pk}/restore"
    assert create(as_maria, {}, path=path).status_code == 200
    maria.role = "sales"
    maria.save()
    assert create(as_maria, {}, path=path).status_code == 403


def test_other_methods_ignore_the_key(as_sam: ApiClient) -> None:
    path = create(as_sam).headers["Location"]
    for city in ("Lima", "Quito"):
        response = as_sam.patch(path, {"city": city}, HTTP_IDEMPOTENCY_KEY="order-7")
        assert (response.status_code, response.json()["city"]) == (200, city)


def test_answers_with_secrets_are_stored_nowhere(api: ApiClient, sam: Any, as_alice: Any) -> None:
    credentials = {"username": "sam", "password": "correct horse battery staple"}
    answers = [create(api, credentials, path="/api/v1/auth/login") for _ in range(2)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].content != answers[1].content
    newcomer = {"username": "newcomer", "password": "correct horse battery staple"}
    assert create(as_alice, newcomer, path="/api/v1/users").status_code == 201
    assert not IdempotencyRecord.objects.exists()
