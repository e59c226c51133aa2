from typing import Any

import pytest

from accounts.models import User
from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from leads.models import Lead
from leads.tests.make import make_action, make_lead

LEADS = "/api/v1/leads"


def test_it_answers_with_the_lead(as_sam: ApiClient, sam: User) -> None:
    given = {"name": "Ana", "phone": "0412-345 67 89", "channel": "whatsapp"}
    answer = as_sam.post(LEADS, given | {"expected_value": 100.5, "currency": "eur"})
    body = answer.json()
    assert answer.status_code == 201
    assert (body["phone"], body["status"], body["channel"]) == ("+584123456789", "new", "whatsapp")
    assert (body["expected_value"], body["currency"]) == ("100.50", "EUR")
    assert body["assigned_to"] == {"id": sam.pk, "username": "sam"}
    assert answer.headers["Location"].endswith(f"/{body['id']}")
    assert as_sam.get(f"{LEADS}/{body['id']}").headers["ETag"] == answer.headers["ETag"]


def test_management_gives_it_to_whom_it_wants(as_maria: ApiClient, sam: User) -> None:
    given = {"email": "ana@example.org"}
    assert as_maria.post(LEADS, given).json()["assigned_to"] is None
    body = as_maria.post(LEADS, given | {"assigned_to": sam.pk}).json()
    assert body["assigned_to"]["username"] == "sam"
    # What was read may be sent back.
    sent_back = {"assigned_to": body["assigned_to"]}
    assert as_maria.patch(f"{LEADS}/{body['id']}", sent_back).json()["version"] == 1


@pytest.mark.parametrize("spelling", ["0412 345 67 89", "+58 (412) 345-67-89"])
def test_it_tells_who_it_may_be_twice(spelling: str, as_maria: ApiClient) -> None:
    lead = make_lead(name="Ana", phone="+584123456789")
    make_lead(phone="+584123456789").archive()
    customer = make_customer(email="ana@example.org")
    body = as_maria.post(LEADS, {"phone": spelling, "email": "ANA@example.org"}).json()
    found: Any = body["duplicates"]
    assert [row["id"] for row in found["leads"]] == [lead.pk]
    assert [row["id"] for row in found["customers"]] == [customer.pk]
    assert Lead.objects.count() == 3


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"name": "Ana"}, "", "unreachable"),
        ({"email": "nobody"}, "email", "invalid"),
        ({"phone": "12"}, "phone", "invalid_phone"),
        ({"email": "a@x.com", "channel": "fax"}, "channel", "invalid_choice"),
        ({"email": "a@x.com", "expected_value": -1}, "expected_value", "min_value"),
        ({"email": "a@x.com", "expected_value": "NaN"}, "expected_value", "invalid"),
        ({"email": "a@x.com", "expected_value": "1e300"}, "expected_value", "max_digits"),
        ({"email": "a@x.com", "expected_value": "0.001"}, "expected_value", "too_precise"),
        ({"email": "a@x.com", "source_url": "javascript:alert(1)"}, "source_url", "invalid"),
        ({"email": "a@x.com", "customer": 999}, "customer", "does_not_exist"),
        ({"email": "a@x.com", "assigned_to": 999}, "assigned_to", "does_not_exist"),
        ({"email": "a@x.com", "status": "closed"}, "status", "read_only"),
    ],
)
def test_it_says_what_is_wrong(given: Any, field: str, code: str, as_maria: ApiClient) -> None:
    answer = as_maria.post(LEADS, given)
    assert answer.status_code == 422
    errors = [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert (field, code) in errors
    assert not Lead.objects.exists()


def test_a_detail_shows_the_customer_and_what_was_done_last(as_sam: ApiClient, sams: Lead) -> None:
    sams.customer = make_customer(name="Ana", surname="Díaz")
    sams.save()
    for number in range(7):
        make_action(sams, details=f"{number}")
    body = as_sam.get(f"{LEADS}/{sams.pk}").json()
    assert body["customer"] == {"id": sams.customer.pk, "name": "Ana Díaz"}
    assert [action["details"] for action in body["latest_actions"]] == ["6", "5", "4", "3", "2"]


def test_a_status_tells_how_long_it_lasted(as_sam: ApiClient, sams: Lead) -> None:
    path = f"{LEADS}/{sams.pk}/status"
    as_sam.patch(path, {"status": "contacted"})
    as_sam.patch(f"{LEADS}/{sams.pk}", {"name": "Eva"})
    as_sam.patch(path, {"status": "discarded", "reason": "Went elsewhere"})
    new, contacted, discarded = as_sam.get(path).json()
    assert [new["status"], contacted["status"], discarded["status"]] == [
        *("new", "contacted", "discarded"),
    ]
    assert (contacted["user"]["name"], discarded["reason"]) == ("sam", "Went elsewhere")
    assert (contacted["until"], discarded["until"]) == (discarded["since"], None)
