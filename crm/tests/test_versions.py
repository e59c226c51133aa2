"""A record is put back to what it was by a new change, under the rules and rights of today."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm.base.photo_files import remove
from crm.tests.clients import ApiClient
from crm.tests.samples import stored_photo
from customers.tests.make import make_customer
from invoices.models import Invoice
from invoices.tests.make import line, make_company, make_draft, make_invoice
from leads.models import Lead
from leads.tests.make import make_lead


def change(record: Any, **values: Any) -> Any:
    """Return the entry that told of ``record`` before it was changed to ``values``."""
    before = record.history.latest("history_id")
    for name, value in values.items():
        setattr(record, name, value)
    record.save()
    return before


def path_of(record: Any, entry: Any, verb: str = "") -> str:
    name = f"{record._meta.model_name}s"
    return f"/api/v1/{name}/{record.pk}/history/{entry.history_id}{verb}"


def differences(client: ApiClient, record: Any, entry: Any) -> dict[str, tuple[Any, Any, str]]:
    body = client.get(path_of(record, entry)).json()
    now, then, stays = body["now"], body["then"], body["stays"]
    assert now.keys() == then.keys() >= stays.keys()
    return {name: (now[name], then[name], stays.get(name, "")) for name in now}


def test_it_comes_back_by_a_change_that_says_so(as_sam: ApiClient) -> None:
    customer = make_customer(name="Ana", city="Lima")
    first = change(customer, name="Eva", city="Quito")
    assert differences(as_sam, customer, first) == {
        "name": ("Eva", "Ana", ""),
        "city": ("Quito", "Lima", ""),
    }
    answer = as_sam.post(path_of(customer, first, "/restore"))
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{customer.pk}-3"')
    assert (answer.json()["name"], answer.json()["city"]) == ("Ana", "Lima")
    newest = customer.history.latest("history_id")
    assert (newest.version, newest.actor_name) == (3, "sam")
    assert newest.history_change_reason.startswith("Put back to version 1 of ")
    assert as_sam.post(path_of(customer, first, "/restore")).status_code == 200
    assert customer.history.count() == 3  # nothing was different any more


def test_what_is_taken_meanwhile_is_a_conflict_that_names_it(as_sam: ApiClient) -> None:
    customer = make_customer(email="ana@example.org")
    first = change(customer, email=None)
    make_customer(email="ana@example.org")
    answer = as_sam.post(path_of(customer, first, "/restore"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "email")
    customer.refresh_from_db()
    assert customer.email is None


def test_what_somebody_else_changed_is_not_overwritten(as_sam: ApiClient) -> None:
    customer = make_customer()
    first = change(customer, name="Eva")
    path = path_of(customer, first, "/restore")
    assert as_sam.post(path, headers={"If-Match": f'"{customer.pk}-1"'}).status_code == 412
    assert as_sam.post(path, headers={"If-Match": f'"{customer.pk}-2"'}).status_code == 200


def test_an_idempotency_key_puts_it_back_once(as_sam: ApiClient) -> None:
    customer = make_customer()
    first = change(customer, name="Eva")
    path, key = path_of(customer, first, "/restore"), {"Idempotency-Key": "one"}
    as_sam.post(path, headers=key)
    change(customer.__class__.objects.get(pk=customer.pk), name="Zoe")
    assert as_sam.post(path, headers=key).headers["Idempotency-Replayed"] == "true"
    assert customer.__class__.objects.get(pk=customer.pk).name == "Zoe"


def test_an_entry_of_another_record_is_nothing(as_sam: ApiClient) -> None:
    customer, other = make_customer(), make_customer()
    entry = other.history.get()
    assert as_sam.get(path_of(customer, entry)).status_code == 404
    assert as_sam.post(path_of(customer, entry, "/restore")).status_code == 404


def test_what_is_archived_stays_as_it_is(as_maria: ApiClient) -> None:
    customer = make_customer()
    first = change(customer, name="Eva")
    customer.archive()
    answer = as_maria.post(path_of(customer, first, "/restore"))
    assert (answer.status_code, answer.json()["code"]) == (409, "archived")


def test_a_picture_that_is_gone_is_told_and_stays_away(as_sam: ApiClient) -> None:
    customer = make_customer(photo=stored_photo())
    first = change(customer, photo=None, city="Lima")
    assert differences(as_sam, customer, first)["photo"][2] == ""
    remove(first.photo)
    assert differences(as_sam, customer, first)["photo"][2].startswith("The picture is not kept")
    answer = as_sam.post(path_of(customer, first, "/restore")).json()
    assert (answer["photo"], answer["city"]) == (None, "")


def test_of_a_lead_what_follows_rules_of_its_own_stays(
    as_maria: ApiClient, maria: User, sam: User, sue: User
) -> None:
    lead = make_lead(name="Ana", assigned_to=sam)
    first = change(lead, name="Eva", status="contacted", assigned_to=sue)
    told = differences(as_maria, lead, first)
    assert told["name"] == ("Eva", "Ana", "")
    assert all(told[name][2] for name in ("status", "assigned_to"))
    answer = as_maria.post(path_of(lead, first, "/restore")).json()
    assert (answer["name"], answer["status"]) == ("Ana", "contacted")
    assert answer["assigned_to"]["username"] == "sue"


def test_what_is_hidden_is_neither_told_nor_put_back(as_sam: ApiClient, sam: User) -> None:
    lead = make_lead(name="Ana", assigned_to=sam, admin_notes="zzprivate")
    first = change(lead, name="Eva", admin_notes="zzlater")
    assert differences(as_sam, lead, first) == {"name": ("Eva", "Ana", "")}
    assert as_sam.post(path_of(lead, first, "/restore")).json()["name"] == "Ana"
    assert Lead.objects.get(pk=lead.pk).admin_notes == "zzlater"


def test_a_draft_comes_back_with_its_lines(as_maria: ApiClient) -> None:
    draft = make_draft(line(description="Hours"), line(quantity=3), description="First")
    first = draft.history.latest("history_id")
    draft.description = "Second"
    draft.write([line(description="Days", quantity=9)])
    path = path_of(draft, first, "/restore")
    assert as_maria.post(path).status_code == 428
    answer = as_maria.post(path, headers={"If-Match": "*"}).json()
    assert [row["description"] for row in answer["lines"]] == ["Hours", "Consulting, one hour"]
    assert (answer["description"], Decimal(answer["total"])) == ("First", Decimal("302.50"))
    assert Invoice.objects.get(pk=draft.pk).lines_version == 3


def test_what_is_issued_stays_as_it_is(as_maria: ApiClient) -> None:
    invoice = make_invoice()
    for entry in invoice.history.all():
        answer = as_maria.post(path_of(invoice, entry, "/restore"), headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (409, "frozen")


def test_somebody_else_s_draft_is_not_put_back(as_sam: ApiClient, sue: User) -> None:
    make_company()
    draft = make_draft(created_by=sue)
    first = change(draft, description="Second")
    answer = as_sam.post(path_of(draft, first, "/restore"), headers={"If-Match": "*"})
    assert answer.status_code == 403


@pytest.fixture
def browser(back_office: Callable[[User], Client], sam: User) -> Client:
    return back_office(sam)


def page_of(record: Any, entry: Any) -> str:
    labels = f"{record._meta.app_label}/{record._meta.model_name}"
    return f"/admin/{labels}/{record.pk}/history/{entry.history_id}/"


def test_the_timeline_leads_to_each_version_and_back(browser: Client) -> None:
    customer = make_customer(name="Ana")
    first = change(customer, name="Eva")
    timeline = browser.get(f"/admin/customers/customer/{customer.pk}/history/").content.decode()
    assert f'href="{first.history_id}/"' in timeline
    page = browser.get(page_of(customer, first)).content.decode()
    assert "Ana" in page
    assert "Now: Eva" in page
    answer = browser.post(page_of(customer, first), {"version": customer.version})
    assert answer.status_code == 302
    customer.refresh_from_db()
    assert customer.name == "Ana"


def test_a_page_that_is_out_of_date_puts_nothing_back(browser: Client) -> None:
    customer = make_customer(name="Ana")
    first = change(customer, name="Eva")
    change(customer, name="Zoe")
    answer = browser.post(page_of(customer, first), {"version": 2})
    assert "Somebody changed this record meanwhile" in answer.content.decode()
    assert "Now: Zoe" in answer.content.decode()
    customer.refresh_from_db()
    assert customer.name == "Zoe"


def test_what_is_hidden_is_not_on_the_page(browser: Client, sam: User) -> None:
    lead = make_lead(name="Ana", assigned_to=sam, admin_notes="zzprivate")
    first = change(lead, name="Eva", admin_notes="zzlater")
    page = browser.get(page_of(lead, first)).content.decode()
    assert "Ana" in page
    assert "zz" not in page


def test_a_number_too_large_for_any_entry_is_not_found(browser: Client) -> None:
    customer = make_customer()
    entry = customer.history.get()
    entry.history_id = 10**40
    assert browser.get(page_of(customer, entry)).status_code == 404
    entry.history_id = 0
    assert browser.get(page_of(customer, entry)).status_code == 404
