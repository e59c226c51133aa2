"""The daily limit of an API key: what counts, what does not, and how it is told."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import ApiKey, ApiKeyUse
from accounts.tests.make import make_key
from crm.base.context import acting
from crm.base.quotas import QuotaExceeded
from crm.base.storing.unit_of_work import unit_of_work
from crm.tests.clients import ApiClient, with_key
from customers.models import Customer
from customers.tests.make import make_customer

CUSTOMERS = "/api/v1/customers"
LIMIT = 3
EVENING = datetime(2030, 5, 1, 20, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(EVENING, tick=False) as clock:
        yield clock


@pytest.fixture
def key(db: None) -> ApiKey:
    return make_key("web shop", daily_limit=LIMIT)


@pytest.fixture
def client(key: ApiKey) -> ApiClient:
    return with_key(key)


def create(client: ApiClient, **values: Any) -> Any:
    return client.post(CUSTOMERS, {"name": "Ana"} | values)


def use_up(client: ApiClient) -> None:
    assert [create(client).status_code for _ in range(LIMIT)] == [201] * LIMIT


def used(key: ApiKey) -> dict[date, int]:
    return dict(ApiKeyUse.objects.filter(api_key=key).values_list("day", "used"))


def test_by_default_it_is_thirty_five(db: None) -> None:
    client = with_key(make_key())
    statuses = [create(client).status_code for _ in range(37)]
    assert statuses == [201] * 35 + [429] * 2
    assert Customer.objects.count() == 35


def test_answers_tell_what_is_left(client: ApiClient) -> None:
    for left in (2, 1, 0):
        answer = create(client)
        assert answer.headers["RateLimit-Policy"] == '"daily";q=3;w=86400'
        assert answer.headers["RateLimit"] == f'"daily";r={left};t=14400'


def test_what_is_beyond_is_told_when_to_come_back(client: ApiClient) -> None:
    use_up(client)
    answer = create(client)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "14400"
    assert answer.headers["RateLimit"] == '"daily";r=0;t=14400'
    body = answer.json()
    assert body["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert (body["code"], body["violated-policies"]) == ("quota_exceeded", ["daily"])
    assert (body["used"], body["limit"]) == (LIMIT, LIMIT)
    assert body["detail"] == "This API key has created its 3 customers of today (UTC)."
    assert Customer.objects.count() == LIMIT


def test_reading_takes_nothing_and_tells_nothing(db: None) -> None:
    key = make_key(scopes=["customers:read"])
    assert "RateLimit" not in with_key(key).get(CUSTOMERS).headers
    assert used(key) == {}


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"nmae": "Ana"}, {"email": "taken@example.org"}, {"age": 151}],
    ids=["invalid", "unknown", "conflict", "impossible"],
)
def test_a_failure_does_not_count(key: ApiKey, client: ApiClient, body: dict[str, Any]) -> None:
    make_customer(email="taken@example.org")
    for _ in range(LIMIT + 1):
        failed = create(client, **body)
        assert failed.status_code in (409, 422)
        assert "RateLimit" not in failed.headers
    assert used(key) == {}
    use_up(client)


def test_a_replay_does_not_count(key: ApiKey, client: ApiClient) -> None:
    for _ in range(LIMIT + 1):
        answer = client.post(CUSTOMERS, {"name": "Ana"}, HTTP_IDEMPOTENCY_KEY="order-7")
        assert answer.status_code == 201
    assert list(used(key).values()) == [1]
    use_up_rest = [create(client).status_code for _ in range(LIMIT)]
    assert use_up_rest == [201, 201, 429]
    # What is stored is still repeated, and a refusal is not stored.
    again = client.post(CUSTOMERS, {"name": "Ana"}, HTTP_IDEMPOTENCY_KEY="order-7")
    assert again.headers["Idempotency-Replayed"] == "true"
    refused = client.post(CUSTOMERS, {"name": "Eva"}, HTTP_IDEMPOTENCY_KEY="order-8")
    assert refused.status_code == 429


def test_a_refusal_may_be_repeated_under_its_idempotency_key(client: ApiClient, clock: Any) -> None:
    use_up(client)
    assert client.post(CUSTOMERS, {"name": "A"}, HTTP_IDEMPOTENCY_KEY="x").status_code == 429
    clock.shift(timedelta(hours=4))
    assert client.post(CUSTOMERS, {"name": "A"}, HTTP_IDEMPOTENCY_KEY="x").status_code == 201


def test_archiving_gives_nothing_back(client: ApiClient) -> None:
    use_up(client)
    for customer in Customer.objects.all():
        customer.archive()
    assert create(client).status_code == 429


def test_rotating_gives_nothing_back(key: ApiKey, client: ApiClient) -> None:
    use_up(client)
    key.rotate()
    assert create(with_key(key)).status_code == 429


def test_a_new_limit_counts_from_the_next_request(key: ApiKey, client: ApiClient) -> None:
    use_up(client)
    key.daily_limit = LIMIT + 1
    key.save()
    assert [create(client).status_code for _ in range(2)] == [201, 429]
    key.daily_limit = 1
    key.save()
    answer = create(client)
    assert (answer.status_code, answer.headers["RateLimit"]) == (429, '"daily";r=0;t=14400')


def test_a_caller_may_ask_first_whether_today_is_used_up(
    key: ApiKey, client: ApiClient, clock: Any
) -> None:
    create(client)
    key.check_quota()
    assert list(used(key).values()) == [1]
    for _ in range(LIMIT - 1):
        create(client)
    with pytest.raises(QuotaExceeded) as refused:
        key.check_quota()
    assert (refused.value.quota.used, refused.value.quota.resets_in) == (LIMIT, 14_400)
    clock.shift(timedelta(hours=4))
    key.check_quota()


def test_each_key_has_its_own(client: ApiClient) -> None:
    use_up(client)
    use_up(with_key(make_key(daily_limit=LIMIT)))


def test_people_have_none(as_sam: ApiClient) -> None:
    answer = create(as_sam)
    assert answer.status_code == 201
    assert "RateLimit" not in answer.headers
    assert not ApiKeyUse.objects.exists()


@pytest.mark.parametrize(
    ("moment", "wait"),
    [
        ("2030-05-01T00:00:00", 86_400),
        ("2030-05-01T23:59:59", 1),
        ("2030-05-01T23:59:59.900", 1),
        ("2030-12-31T12:00:00", 43_200),
        ("2028-02-28T23:00:00", 3_600),
    ],
)
def test_a_day_ends_at_midnight_utc(
    client: ApiClient, settings: Any, clock: Any, moment: str, wait: int
) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    use_up(client)
    assert create(client).headers["Retry-After"] == str(wait)
    clock.shift(timedelta(seconds=wait))
    use_up(client)


def test_a_clock_set_back_allows_no_second_day(key: ApiKey, client: ApiClient, clock: Any) -> None:
    use_up(client)
    clock.move_to(EVENING + timedelta(days=1))
    use_up(client)
    clock.move_to(EVENING)
    refused = create(client)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "14400")
    assert sorted(used(key).values()) == [LIMIT, LIMIT]


def test_whoever_waits_over_midnight_is_counted_on_the_day_of_the_record(
    key: ApiKey, client: ApiClient, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the rows of a day would be more, or fewer, than its count."""
    prepare = Customer.prepare

    def slowly(self: Customer) -> None:
        prepare(self)
        clock.move_to(datetime(2030, 5, 2, 0, 0, 1, tzinfo=UTC))

    clock.move_to(datetime(2030, 5, 1, 23, 59, 59, tzinfo=UTC))
    monkeypatch.setattr(Customer, "prepare", slowly)
    assert create(client).status_code == 201
    assert used(key) == {Customer.objects.get().created_at.date(): 1}


def by_saving() -> None:
    Customer(name="Ana").save()


def by_the_manager() -> None:
    Customer.objects.create(name="Ana")


def in_bulk() -> None:
    Customer.objects.audited_bulk_create([Customer(name="Ana")])


@pytest.mark.parametrize("way", [by_saving, by_the_manager, in_bulk])
def test_no_way_of_creating_one_passes_the_limit_by(key: ApiKey, way: Callable[[], None]) -> None:
    with acting(actor=key):
        for _ in range(LIMIT):
            way()
        with pytest.raises(QuotaExceeded):
            unit_of_work(way)
    assert Customer.objects.count() == LIMIT
    assert list(used(key).values()) == [LIMIT]


def test_many_at_once_are_all_created_or_none(key: ApiKey) -> None:
    records = [Customer(name="Ana") for _ in range(LIMIT + 1)]
    with acting(actor=key), pytest.raises(QuotaExceeded):
        unit_of_work(partial(Customer.objects.audited_bulk_create, records))
    assert used(key) == {}
    assert not Customer.objects.exists()


def test_changing_a_customer_counts_nothing(key: ApiKey) -> None:
    customer = make_customer()
    with acting(actor=key):
        customer.city = "Lima"
        customer.save()
    assert used(key) == {}


def test_use_is_kept(key: ApiKey, client: ApiClient, clock: Any) -> None:
    for _ in range(3):
        create(client)
        clock.shift(timedelta(days=200))
    assert list(used(key).values()) == [1, 1, 1]
    assert timezone.now().date() not in used(key)
