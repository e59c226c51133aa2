"""Winning a lead: who becomes the customer."""

from typing import Any

import pytest

from accounts.models import User
from crm.base.context import acting
from crm.base.errors import Conflict, Forbidden
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer
from leads.conversion import convert
from leads.models import Lead
from leads.tests.make import make_lead

PHONE = "+584123456789"


def path(lead: Lead) -> str:
    return f"/api/v1/leads/{lead.pk}/convert"


def test_it_makes_a_customer_of_the_lead(as_sam: ApiClient, sams: Lead, sam: User) -> None:
    body = as_sam.post(path(sams)).json()
    customer = Customer.objects.get()
    assert (customer.name, customer.email, customer.created_by) == ("Ana", sams.email, sam)
    assert (body["status"], body["customer"]) == ("closed", {"id": customer.pk, "name": "Ana"})
    assert list(customer.leads.all()) == [sams]


@pytest.mark.parametrize("written", ["0412 345 67 89", PHONE, "0058 412 345 67 89"])
def test_it_knows_the_customer_by_phone_however_written(written: str, db: None) -> None:
    known, lead = make_customer(phone=PHONE), make_lead(phone=written)
    assert convert(lead) == known
    assert Customer.objects.count() == 1


def test_it_knows_the_customer_by_email(db: None) -> None:
    known = make_customer(email="ana@example.org")
    assert convert(make_lead(email="ANA@example.org")) == known


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        ({"email": "eva@example.org", "phone": PHONE}, "eva@example.org"),
        ({"email": None, "phone": PHONE}, PHONE),
        ({"email": None, "instagram": "eva"}, "eva"),
        ({"email": f"{'e' * 160}@example.org"}, f"{'e' * 150}"),
    ],
)
def test_who_has_no_name_lends_what_there_is(contact: Any, name: str, db: None) -> None:
    assert convert(make_lead(name="", **contact)).name == name


def test_it_happens_once(as_sam: ApiClient, sams: Lead) -> None:
    assert as_sam.post(path(sams)).status_code == 200
    again = as_sam.post(path(sams))
    assert (again.status_code, again.json()["code"]) == (409, "converted")
    assert Customer.objects.count() == 1


def test_a_lead_that_was_reopened_keeps_its_customer(db: None) -> None:
    lead = make_lead()
    customer = convert(lead)
    lead.status = "contacted"
    lead.save()
    with pytest.raises(Conflict, match="another customer"):
        convert(lead, make_customer())
    assert convert(lead) == customer


def test_between_two_customers_somebody_chooses(as_sam: ApiClient, sam: User) -> None:
    by_phone, by_mail = make_customer(phone=PHONE), make_customer(email="ana@example.org")
    lead = make_lead(phone=PHONE, email="ana@example.org", assigned_to=sam)
    refusal = as_sam.post(path(lead))
    assert (refusal.status_code, refusal.json()["code"]) == (409, "ambiguous")
    assert [row["id"] for row in refusal.json()["customers"]] == [by_phone.pk, by_mail.pk]
    lead.refresh_from_db()
    assert (lead.status, lead.customer) == ("new", None)
    closing = as_sam.patch(f"/api/v1/leads/{lead.pk}/status", {"status": "closed"})
    assert closing.json()["code"] == "ambiguous"
    answer = as_sam.post(path(lead), {"customer": by_mail.pk})
    assert answer.json()["customer"]["id"] == by_mail.pk


def test_an_archived_customer_is_offered_again(
    as_sam: ApiClient, as_maria: ApiClient, sams: Lead
) -> None:
    old = make_customer(email=sams.email)
    old.archive()
    refusal = as_sam.post(path(sams))
    assert (refusal.status_code, refusal.json()["code"]) == (409, "archived_match")
    [row] = refusal.json()["customers"]
    assert (row["id"], row["is_archived"]) == (old.pk, True)
    # Restoring is for management.
    assert as_sam.post(path(sams), {"customer": old.pk}).status_code == 403
    assert as_maria.post(path(sams), {"customer": old.pk}).status_code == 200
    old.refresh_from_db()
    assert old.archived_at is None


def test_or_somebody_new_is_made(as_sam: ApiClient, sams: Lead) -> None:
    old = make_customer(email=sams.email)
    old.archive()
    body = as_sam.post(path(sams), {"new_customer": True}).json()
    assert body["customer"]["id"] == Customer.objects.live().get().pk != old.pk


def test_a_customer_that_is_not_there_is_refused(as_sam: ApiClient, sams: Lead) -> None:
    assert as_sam.post(path(sams), {"customer": 999}).status_code == 422
    assert as_sam.post(path(sams), {"custmer": 1}).json()["errors"][0]["code"] == "unknown"


def test_it_needs_its_own_permission(
    sam: User, sams: Lead, monkeypatch: pytest.MonkeyPatch, as_sam: ApiClient
) -> None:
    monkeypatch.setitem(__import__("accounts.roles").roles.PERMISSIONS, "leads.convert_lead", ())
    assert as_sam.post(path(sams)).status_code == 403
    # Nor is closing a way around it.
    closing = as_sam.patch(f"/api/v1/leads/{sams.pk}/status", {"status": "closed"})
    assert closing.status_code == 403
    with pytest.raises(Forbidden), acting(actor=sam):
        convert(sams)
    assert not Customer.objects.exists()
