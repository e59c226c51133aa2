"""Competing creations and changes of records; each beside the careless version that loses."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from crm.base.api import etags
from crm.base.api.viewsets import RecordViewSet
from crm.base.errors import Conflict
from crm.base.records import Record
from crm.tests.clients import ApiClient
from crm.tests.races import Answer, answer_of, meeting_point, race
from customers.models import Customer
from customers.tests.make import make_customer
from customers.views import CustomerViewSet

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("transactional_db")]

WRITERS = 6
CUSTOMERS = "/api/v1/customers"
# So that answers can be compared byte by byte.
SAME_ID: Any = {"HTTP_X_REQUEST_ID": "the-same-id"}


def create(client: ApiClient, name: str, field: str, value: str) -> Answer:
    return answer_of(client.post(CUSTOMERS, {"name": name, field: value}, **SAME_ID))


def assert_one_creation_wins(client: ApiClient, field: str, value: str) -> None:
    creations = [partial(create, client, f"Writer {i}", field, value) for i in range(WRITERS)]
    answers = race(*creations)
    assert Counter(answer.status for answer in answers) == {201: 1, 409: WRITERS - 1}
    assert Customer.objects.count() == 1
    too_late = create(client, "Late", field, value)
    assert {answer.body for answer in answers if answer.status == 409} == {too_late.body}
    assert too_late.json["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "ana@example.com"), ("phone", "+584123456789"), ("external_id", "A-7")],
)
def test_of_parallel_creations_one_wins_and_the_others_read_why_not(
    field: str, value: str, as_sam: ApiClient
) -> None:
    assert_one_creation_wins(as_sam, field, value)


def test_asking_before_inserting_would_answer_with_errors(
    as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_asked = meeting_point(WRITERS)

    def careless(self: Any, request: Any) -> Any:
        if Customer.objects.filter(email=request.data["email"]).exists():
            raise Conflict(code="taken")
        everybody_has_asked.wait()
        return self.answer(Customer.objects.create(**request.data), status=201)

    monkeypatch.setattr("crm.base.api.views.unit_of_work", lambda work, **options: work())
    monkeypatch.setattr("crm.base.api.problems.ANSWERS", [])
    monkeypatch.setattr("crm.tests.clients.check_answer", lambda *answer: None)
    monkeypatch.setattr(CustomerViewSet, "create", careless)
    as_sam.raise_request_exception = False
    with pytest.raises(AssertionError, match=f"500: {WRITERS - 1}"):
        assert_one_creation_wins(as_sam, "email", "ana@example.com")


def change(client: ApiClient, customer: Customer, values: Any, tag: str = "*") -> Answer:
    path = f"{CUSTOMERS}/{customer.pk}"
    return answer_of(client.patch(path, values, HTTP_IF_MATCH=tag, **SAME_ID))


def assert_one_change_wins(client: ApiClient) -> None:
    customer = make_customer()
    tag = etags.etag(customer.pk, customer.version)
    changes = [partial(change, client, customer, {"age": 20 + i}, tag) for i in range(WRITERS)]
    answers = race(*changes)
    assert Counter(answer.status for answer in answers) == {200: 1, 412: WRITERS - 1}
    [winner] = [answer for answer in answers if answer.status == 200]
    # Whoever lost learns which version to read.
    assert {answer.headers["ETag"] for answer in answers} == {winner.headers["ETag"]}
    customer.refresh_from_db()
    assert (customer.age, customer.version) == (winner.json["age"], 2)


def test_of_parallel_changes_to_one_version_one_wins(as_sam: ApiClient) -> None:
    assert_one_change_wins(as_sam)


FIELDS = ("surname", "address", "city", "postal_code", "gender", "instagram")


def assert_every_change_survives(client: ApiClient) -> None:
    customer = make_customer()
    answers = race(*(partial(change, client, customer, {name: "new"}) for name in FIELDS))
    assert {answer.status for answer in answers} == {200}
    customer.refresh_from_db()
    assert [name for name in FIELDS if getattr(customer, name) != "new"] == []
    assert customer.version == 1 + len(FIELDS)
    assert customer.history.count() == 1 + len(FIELDS)


def test_parallel_changes_to_different_fields_all_survive(as_sam: ApiClient) -> None:
    assert_every_change_survives(as_sam)


@pytest.mark.parametrize("promise", [assert_one_change_wins, assert_every_change_survives])
def test_writing_what_was_read_without_a_lock_would_lose_changes(
    promise: Callable[[ApiClient], None], as_sam: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_read = meeting_point(WRITERS)

    def careless(self: Any) -> Any:
        record = self.get_queryset().get(pk=self.kwargs["pk"])
        etags.check_match(self.request, record.pk, record.version)
        everybody_has_read.wait()
        return record

    def no_claim(self: Record) -> None:
        self.version += 1

    monkeypatch.setattr("crm.base.api.views.unit_of_work", lambda work, **options: work())
    monkeypatch.setattr(RecordViewSet, "get_object", careless)
    monkeypatch.setattr(Record, "_claim_version", no_claim)
    with pytest.raises(AssertionError, match=rf"200: {WRITERS}|== \[\]"):
        promise(as_sam)


def archive(client: ApiClient, customer: Customer) -> Answer:
    return answer_of(client.delete(f"{CUSTOMERS}/{customer.pk}"))


def test_a_change_comes_before_the_archiving_or_is_refused(as_sam: ApiClient, sam: User) -> None:
    customer = make_customer()
    archived, *changed = race(
        partial(archive, as_sam, customer),
        *(partial(change, as_sam, customer, {"age": age}) for age in (30, 40, 50)),
    )
    assert archived.status == 204
    assert {answer.status for answer in changed} <= {200, 409}
    customer.refresh_from_db()
    newest = customer.history.latest("history_id")
    assert newest.archived_at == customer.archived_at is not None
