"""Parallel POSTs with one Idempotency-Key, crashes included."""

import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import pytest
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api import idempotency
from crm.base.models import IdempotencyRecord
from crm.tests.clients import ApiClient
from crm.tests.races import Answer, Died, answer_of, meeting_point, race, signal
from customers.models import Customer
from customers.views import CustomerViewSet

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

CLIENTS = 6
CRASH = 9
Work = Callable[[], Response]


def create(client: ApiClient, **values: Any) -> Answer:
    body = {"name": "Ana"} | values
    return answer_of(client.post("/api/v1/customers", body, HTTP_IDEMPOTENCY_KEY="order-7"))


def die(*args: Any, **options: Any) -> NoReturn:
    os._exit(CRASH)


def create_and_crash_before_the_commit(client: ApiClient) -> Answer:
    # This process alone: it is a fork.
    pytest.MonkeyPatch().setattr(CustomerViewSet, "answer", die)
    return create(client)


def create_and_crash_after_the_commit(client: ApiClient) -> Answer:
    pytest.MonkeyPatch().setattr("crm.base.middleware.log", die)
    return create(client)


def assert_done_once(answers: list[Answer]) -> None:
    assert Counter(answer.status for answer in answers) == {201: len(answers)}
    assert Customer.objects.count() == 1
    assert len({answer.body for answer in answers}) == 1
    assert len({(answer.headers["ETag"], answer.headers["Location"]) for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
    assert Counter(replayed) == {"true": len(answers) - 1, None: 1}


def test_parallel_requests_with_one_key_are_done_once_and_answered_alike(
    as_sam: ApiClient,
) -> None:
    assert_done_once(race(*[partial(create, as_sam)] * CLIENTS))


def test_asking_for_the_key_before_storing_it_would_do_the_work_again(
    as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_asked = meeting_point(CLIENTS)

    def careless(request: Request, key: str, work: Work) -> Response:
        known = IdempotencyRecord.objects.filter(key=key).exists()
        everybody_has_asked.wait()
        assert not known
        return work()

    monkeypatch.setattr("crm.base.api.views.unit_of_work", lambda work, **options: work())
    monkeypatch.setattr(idempotency, "once", careless)
    with pytest.raises(AssertionError, match=f"{CLIENTS} == 1"):
        assert_done_once(race(*[partial(create, as_sam)] * CLIENTS))


def test_of_parallel_requests_with_two_bodies_one_body_is_accepted(as_sam: ApiClient) -> None:
    bodies = [partial(create, as_sam, city=city) for city in ("Lima", "Quito") * 3]
    answers = race(*bodies)
    assert Counter(answer.status for answer in answers) == {201: 3, 422: 3}
    assert_done_once([answer for answer in answers if answer.status == 201])
    refused = {answer.json["errors"][0]["code"] for answer in answers if answer.status == 422}
    assert refused == {"key_reused"}


def test_a_request_that_fails_leaves_the_key_to_whoever_waits(as_sam: ApiClient) -> None:
    holds_the_key = signal()

    def fail() -> Answer:
        def refuse(self: Any, request: Any) -> Response:
            holds_the_key.set()
            return Response(self.get_serializer(data={}).is_valid(raise_exception=True))

        pytest.MonkeyPatch().setattr(CustomerViewSet, "create", refuse)
        return create(as_sam)

    def wait() -> Answer:
        holds_the_key.wait()
        return create(as_sam)

    failed, *others = race(fail, wait, wait)
    assert failed.status == 422
    assert_done_once(others)


def assert_a_crash_leaves_nothing(client: ApiClient) -> None:
    crashing = partial(create_and_crash_before_the_commit, client)
    assert race(crashing) == [Died(CRASH)]
    assert Customer.objects.count() == Customer.history.count() == 0
    assert IdempotencyRecord.objects.count() == 0
    assert_done_once([create(client), create(client)])


def test_a_crash_before_the_commit_leaves_nothing(as_sam: ApiClient) -> None:
    assert_a_crash_leaves_nothing(as_sam)


def test_storing_the_key_by_itself_would_leave_it_after_a_crash(
    as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(request: Request, key: str, work: Work) -> Response:
        IdempotencyRecord.objects.create(scope="careless", key=key, fingerprint="")
        return work()

    monkeypatch.setattr("crm.base.api.views.unit_of_work", lambda work, **options: work())
    monkeypatch.setattr(idempotency, "once", careless)
    with pytest.raises(AssertionError, match="1 == 0"):
        assert_a_crash_leaves_nothing(as_sam)


def test_others_with_the_key_survive_crashes_among_them(as_sam: ApiClient) -> None:
    crashing = partial(create_and_crash_before_the_commit, as_sam)
    outcomes = race(crashing, *[partial(create, as_sam)] * 4, crashing)
    answers = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
    assert len(answers) >= 4  # one who would crash may come late and get a replay
    assert Customer.objects.count() == 1
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1


def test_a_client_that_got_no_answer_gets_it_when_it_asks_again(as_sam: ApiClient) -> None:
    assert race(partial(create_and_crash_after_the_commit, as_sam)) == [Died(CRASH)]
    again = create(as_sam)
    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert Customer.objects.count() == 1
    assert again.json["id"] == Customer.objects.get().pk
