"""Nobody in sales finds a trace of a lead that is not theirs, on whatever page."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from crm.base.context import acting
from crm.tests.back_office import model_of, newest_entry
from crm.tests.routes import Route, back_office_routes
from customers.tests.make import make_customer
from leads.models import Action, Lead, Process
from leads.tests.make import make_action, make_lead

Login = Callable[[User], Client]
MODELS = {Lead: "lead", Action: "action", Process: "process"}
ROUTES = [route for route in back_office_routes() if route.path != "admin/logout/"]
OF_A_RECORD = [route for route in ROUTES if model_of(route) in MODELS and "{" in route.path]
OTHERS = [route for route in ROUTES if route not in OF_A_RECORD and "{object_id}" not in route.path]
NOBODYS_ID = 987_654_321
WORD = "Zanzibar"
FOREIGN_KEYS = [("lead", "customer"), ("lead", "assigned_to"), ("process", "lead")]
FOREIGN_KEYS += [("action", "lead"), ("process", "last_action"), ("lead", "created_by")]
# What differs between two answers to the same question.
CHANGING = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|[0-9a-f]{32}|\d\d:\d\d:\d\d')


def seen(client: Client, path: str, method: str = "GET", **data: Any) -> tuple[int, bytes]:
    """Return the status and the body, without what differs between any two answers."""
    response = client.generic(method, path) if method == "GET" else client.post(path, data)
    body = b"".join(response)
    return response.status_code, CHANGING.sub(b"", body)


def anonymous(body: bytes, pk: int) -> bytes:
    """Return a page without the number in its own address."""
    return body.replace(f"/{pk}/".encode(), b"/")


def make_foreign(sue: User) -> dict[str, Any]:
    """Make a lead of sue's with all that can belong to one, and return its records."""
    with acting(actor=sue, source="admin"):
        lead = make_lead(name=WORD, email="zanzibar@example.org", phone="+584127654321")
        action = make_action(lead, details=WORD)
        lead.sales_notes = WORD
        lead.save()
    process = Process.objects.get(lead=lead)
    process.next_followup_at = action.occurred_at
    process.save()
    return {"lead": lead, "action": action, "process": process}


@pytest.fixture
def browser(back_office: Login, sam: User) -> Client:
    client = back_office(sam)
    client.get("/admin/day/")
    return client


@pytest.fixture
def own(sam: User) -> Lead:
    with acting(actor=sam, source="admin"):
        lead = make_lead(name="Own", email="own@example.org")
        make_action(lead)
    return lead


def addresses(route: Route) -> Iterator[str]:
    for label in ("leads", "customers"):
        values = {"app_label": label, "url": "nowhere/", "content_type_id": 1}
        yield route.at(**values)
        if "{app_label}" not in route.path:
            return


def questions() -> Iterator[str]:
    """Yield every address without a record in it, with what may be asked there."""
    for route in OTHERS:
        yield from addresses(route)
    for word in (WORD, "7654321", "zanzibar@example.org"):
        yield f"/admin/search/?s={word}"
        for name in MODELS.values():
            yield f"/admin/leads/{name}/?q={word}"
        yield f"/admin/leads/lead/export/?q={word}"
    for model, field in FOREIGN_KEYS:
        query = f"app_label=leads&model_name={model}&field_name={field}"
        yield f"/admin/autocomplete/?{query}&term="
        yield f"/admin/autocomplete/?{query}&term={WORD}"
    for query in ("due=overdue", "due=week", "status=active", "owner=nobody"):
        yield f"/admin/leads/process/?{query}"
    for query in ("archived=all", "attention=overdue", "stale=3", "status=new", "channel=manual"):
        yield f"/admin/leads/lead/?{query}"
        yield f"/admin/leads/lead/export/?{query}&format=csv"
    for query in ("channel=manual", "assigned_to=nobody", "assigned_to=2"):
        yield f"/admin/board/?{query}"


def test_every_page_is_the_same_whether_there_are_others_leads_or_not(
    browser: Client, own: Lead, sue: User
) -> None:
    before = {path: seen(browser, path) for path in questions()}
    make_foreign(sue)
    assert [path for path in before if seen(browser, path) != before[path]] == []


def test_those_who_oversee_do_find_it(back_office: Login, maria: User, sue: User) -> None:
    make_foreign(sue)
    client = back_office(maria)
    found = [path for path in questions() if WORD.encode() in seen(client, path)[1]]
    assert len(found) > 20


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_anothers_record_is_nobodys(browser: Client, sue: User, method: str) -> None:
    records = make_foreign(sue)
    values = {"status": "discarded", "reason": "x", "action_type": "call", "version": "1"}
    for route in OF_A_RECORD:
        record = records[MODELS[model_of(route)]]
        found, absent = (
            seen(browser, route.at(object_id=pk, history_id=newest_entry(record)), method, **values)
            for pk in (record.pk, NOBODYS_ID)
        )
        assert found[0] == absent[0], route
        assert anonymous(found[1], record.pk) == anonymous(absent[1], NOBODYS_ID), route
        assert found[0] in (302, 403, 404), route
        assert type(record).objects.get(pk=record.pk).version == record.version, route


@pytest.mark.parametrize("name", ["action", "process"])
def test_nothing_is_written_about_anothers_lead(browser: Client, sue: User, name: str) -> None:
    lead = make_foreign(sue)["lead"]
    values = {"lead": lead.pk, "action_type": "call", "name": "x", "status": "active"}
    page = browser.post(f"/admin/leads/{name}/add/", {**values, "occurred_at": ""})
    assert page.status_code == 200
    assert "lead" in page.context["adminform"].form.errors
    assert WORD not in page.content.decode()
    assert (lead.actions.count(), lead.processes.count()) == (1, 1)


@pytest.mark.parametrize("verb", ["archive_selected", "assign_selected", "restore_selected"])
def test_anothers_lead_is_not_done_along(browser: Client, own: Lead, sue: User, verb: str) -> None:
    lead = make_foreign(sue)["lead"]
    data = {"action": verb, "_selected_action": [own.pk, lead.pk], "confirmed": "yes"}
    browser.post(reverse("admin:leads_lead_changelist"), data)
    for each in (own, lead):
        each.refresh_from_db()
        assert each.archived_at is None


def test_the_customers_page_tells_of_own_leads_only(
    browser: Client, own: Lead, sam: User, sue: User
) -> None:
    customer = make_customer(name="Ana")
    page = reverse("admin:customers_customer_change", args=[customer.pk])
    own.customer = customer
    own.save()
    before = seen(browser, page)
    assert b"Own" in before[1]
    lead = make_foreign(sue)["lead"]
    lead.customer = customer
    lead.save()
    assert seen(browser, page) == before


def test_what_management_notes_is_on_no_page_of_sales(browser: Client, own: Lead) -> None:
    own.admin_notes = WORD
    own.save()
    for route in OF_A_RECORD:
        if model_of(route) is Lead:
            path = route.at(object_id=own.pk, history_id=newest_entry(own))
            assert WORD.encode() not in seen(browser, path)[1]
    page = reverse("admin:leads_lead_change", args=[own.pk])
    form = {"name": "Own", "email": "own@example.org", "channel": "web", "currency": "USD"}
    data = {**form, "admin_notes": "mine", "assigned_to": "", "version": own.version}
    browser.post(page, data)
    own.refresh_from_db()
    assert (own.channel, own.admin_notes) == ("web", WORD)
    assert own.assigned_to is not None
