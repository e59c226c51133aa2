"""What is done to one lead in the back office, in a few fields, from any page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from crm.base.context import acting
from crm.tests import corpus
from crm.tests.pages import errors, filled, text, told
from customers.models import Customer
from customers.tests.make import make_customer
from leads.models import Lead, Process
from leads.tests.make import make_action, make_process

pytestmark = pytest.mark.any_database

Login = Callable[[User], Client]
ADD = "/admin/leads/lead/add/"
HOSTILE = [
    *("", "-1", "²", "1e9", "x" * 20_000, "9999-12-31T23:59", "0001-01-01T00:00", "\u202e"),
    *corpus.PAGE_VALUES,
]
VERBS = ("log", "step", "move", "convert", "assign")


def page_of(lead: Lead, name: str = "change") -> str:
    return f"/admin/leads/lead/{lead.pk}/{name}/"


@pytest.fixture
def browser(back_office: Login, sam: User) -> Client:
    return back_office(sam)


@pytest.fixture
def as_management(back_office: Login, maria: User) -> Client:
    return back_office(maria)


def test_of_a_currency_that_is_none_only_its_field_tells(browser: Client) -> None:
    typed = {"name": "Ana", "phone": "+34600112233", "currency": "XXZ", "expected_value": "1.555"}
    page = browser.post(ADD, filled(browser.get(ADD), **typed))
    assert set(errors(page)) == {"currency"}


@pytest.mark.parametrize("name", ["day/", "leads/process/", "leads/process/add/"])
def test_a_follow_up_has_one_name(browser: Client, name: str) -> None:
    shown = text(browser.get(f"/admin/{name}"))
    assert "Follow-ups" in shown
    assert "rocess" not in shown.partition("progress_activity")[0]


@pytest.mark.every_database
def test_two_clicks_log_a_call_and_move_the_next_step(browser: Client, sams: Lead) -> None:
    make_action(sams, occurred_at=timezone.now() - timedelta(days=9))
    data = {"action_type": "call", "details": "", "back": "/admin/day/"}
    response = browser.post(page_of(sams, "log"), data)
    assert (response.status_code, response["Location"]) == (302, "/admin/day/")
    assert told(response) == ["Ana: Call noted."]
    process = sams.processes.get()
    assert process.next_followup_at is not None
    assert process.next_followup_at > timezone.now() + timedelta(days=6)
    action = sams.actions.latest("pk")
    assert (action.created_by, action.history.get().source) == (sams.assigned_to, "admin")


def test_the_next_step_is_set_in_the_readers_time_zone(
    browser: Client, sam: User, sams: Lead
) -> None:
    sam.time_zone = "America/Caracas"
    sam.save()
    make_action(sams)
    browser.post(page_of(sams, "step"), {"next_followup_at": "2027-03-01T09:30"})
    step = sams.processes.get()
    assert step.next_followup_at is not None
    assert step.next_followup_at.isoformat() == "2027-03-01T13:30:00+00:00"
    page = browser.get(page_of(sams, "step"))
    assert 'value="2027-03-01T09:30"' in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2027-10-31T02:30", "2027-10-31T00:30"), ("2027-03-28T02:30", "2027-03-28T01:30")],
    ids=["twice", "skipped"],
)
def test_a_step_may_be_in_the_hour_when_clocks_change(
    browser: Client, sam: User, sams: Lead, typed: str, meant: str
) -> None:
    sam.time_zone = "Europe/Madrid"
    sam.save()
    browser.post(page_of(sams, "step"), {"next_followup_at": typed})
    step = sams.processes.get()
    assert step.next_followup_at is not None
    assert step.next_followup_at.isoformat() == f"{meant}:00+00:00"


@pytest.mark.parametrize("moment", ["2027-10-31T01:30:12.5+00:00", "2027-06-01T08:00:59+00:00"])
def test_a_moment_that_nobody_touched_stays_as_it_is(
    browser: Client, sam: User, sams: Lead, moment: str
) -> None:
    sam.time_zone = "Europe/Madrid"
    sam.save()
    step = make_process(sams, next_followup_at=datetime.fromisoformat(moment))
    path = reverse("admin:leads_process_change", args=[step.pk])
    page = browser.get(path)
    with timezone.override(sam.time_zone):
        shown = filled(page)
    assert browser.post(path, shown | {"name": "Visit"}).status_code == 302
    before = step.next_followup_at
    step.refresh_from_db()
    assert (step.name, step.next_followup_at) == ("Visit", before)
    browser.post(path, shown | {"version": 2, "next_followup_at": "2027-06-02T10:00"})
    step.refresh_from_db()
    assert step.next_followup_at == datetime(2027, 6, 2, 8, tzinfo=UTC)


def test_a_lead_without_a_step_gets_one(browser: Client, sams: Lead) -> None:
    browser.post(page_of(sams, "step"), {"next_followup_at": "2027-03-01T09:30"})
    assert [str(step) for step in sams.processes.all()] == ["Ana"]


def test_discarding_asks_why(browser: Client, sams: Lead) -> None:
    page = browser.post(page_of(sams, "move"), {"status": "discarded"})
    assert errors(page) == {"reason": "Say why the lead is discarded."}
    assert filled(page)["status"] == "discarded"
    data = {"status": "discarded", "reason": "No budget"}
    assert browser.post(page_of(sams, "move"), data).status_code == 302
    shown = text(browser.get(page_of(sams)))
    assert "Discarded since" in shown
    assert "No budget" in shown
    browser.post(page_of(sams, "move"), {"status": "contacted"})
    sams.refresh_from_db()
    assert sams.status == "contacted"


def test_closing_offers_the_conversion(browser: Client, sams: Lead) -> None:
    response = browser.post(
        page_of(sams, "move"), {"status": "closed", "back": "/admin/board/?channel=web"}
    )
    page = browser.get(response["Location"])
    assert page.context["back"] == "/admin/board/?channel=web"
    done = browser.post(page_of(sams, "convert"), filled(page) | {"back": page.context["back"]})
    assert done["Location"] == "/admin/board/?channel=web"
    sams.refresh_from_db()
    assert sams.customer == Customer.objects.get(email=sams.email)


def test_a_move_on_top_of_somebody_elses_is_refused(
    browser: Client, sams: Lead, maria: User
) -> None:
    with acting(actor=maria):
        sams.status = "quoted"
        sams.save()
    page = browser.post(page_of(sams, "move"), {"status": "contacted", "version": "1"})
    assert "Somebody changed this record meanwhile" in errors(page)[""]
    sams.refresh_from_db()
    assert sams.status == "quoted"


def offered(page: Any) -> list[str]:
    return [str(label) for _value, label in page.context["form"].fields["customer"].choices]


def test_the_match_is_shown_and_taken(browser: Client, sams: Lead) -> None:
    known = make_customer(name="Eva", email=sams.email)
    page = browser.get(page_of(sams, "convert"))
    assert offered(page) == [f"Eva · {sams.email}"]
    browser.post(page_of(sams, "convert"), filled(page))
    sams.refresh_from_db()
    assert sams.customer == known


def test_of_two_matches_one_is_chosen(browser: Client, sams: Lead) -> None:
    sams.phone = "+584121234567"
    sams.save()
    make_customer(name="Eva", email=sams.email)
    other = make_customer(name="Leo", phone=sams.phone)
    page = browser.get(page_of(sams, "convert"))
    assert len(offered(page)) == 2
    assert "customer" in errors(browser.post(page_of(sams, "convert"), {}))
    stranger = make_customer()
    foreign = browser.post(page_of(sams, "convert"), {"customer": stranger.pk})
    assert "customer" in errors(foreign)
    browser.post(page_of(sams, "convert"), {"customer": other.pk})
    sams.refresh_from_db()
    assert sams.customer == other


def test_an_archived_match_can_be_restored_by_those_who_may(
    browser: Client, as_management: Client, sams: Lead
) -> None:
    gone = make_customer(name="Eva", email=sams.email)
    gone.archive()
    page = browser.get(page_of(sams, "convert"))
    assert offered(page) == ["A new customer: Ana"]
    assert "archived" in text(page)
    restore = f"Restore Eva · {sams.email}, who is archived"
    page = as_management.get(page_of(sams, "convert"))
    assert offered(page) == [restore, "A new customer: Ana"]
    as_management.post(page_of(sams, "convert"), {"customer": gone.pk})
    gone.refresh_from_db()
    sams.refresh_from_db()
    assert (gone.archived_at, sams.customer) == (None, gone)


@pytest.mark.every_database
def test_management_assigns_to_active_people(
    as_management: Client, sams: Lead, sue: User, alice: User
) -> None:
    alice.is_active = False
    alice.role = "sales"
    User.objects.filter(pk=alice.pk).audited_update(is_active=False)
    page = as_management.get(page_of(sams, "assign"))
    people = {str(person) for person in page.context["form"].fields["assigned_to"].queryset}
    assert people == {"maria", "sam", "sue"}
    as_management.post(page_of(sams, "assign"), {"assigned_to": sue.pk})
    sams.refresh_from_db()
    assert sams.assigned_to == sue
    assert "assigned_to" in errors(
        as_management.post(page_of(sams, "assign"), {"assigned_to": alice.pk})
    )


def test_a_second_entry_is_shown_before_it_is_made(browser: Client, sams: Lead, sues: Lead) -> None:
    values = filled(browser.get(ADD), name="Ana again", email=str(sams.email).upper())
    page = browser.post(ADD, values)
    assert "Perhaps entered already" in text(page)
    assert page_of(sams) in page.content.decode()
    assert Lead.objects.count() == 2
    assert browser.post(ADD, values | {"confirmed": "yes"}).status_code == 302
    again = Lead.objects.latest("pk")
    assert page_of(sams) in browser.get(page_of(again)).content.decode()
    unseen = filled(browser.get(ADD), name="Z", email=sues.email)
    assert browser.post(ADD, unseen).status_code == 302


def test_the_lead_s_page_tells_what_was_done_and_what_is_next(browser: Client, sams: Lead) -> None:
    make_action(sams, details="Wants a quote")
    make_process(sams, name="Visit the shop")
    shown = text(browser.get(page_of(sams)))
    for part in ("Wants a quote", "Visit the shop", "New since"):
        assert part in shown


def test_an_archived_lead_offers_nothing_but_restoring(as_management: Client, sams: Lead) -> None:
    sams.archive()
    body = as_management.get(page_of(sams)).content.decode()
    assert page_of(sams, "restore") in body
    assert page_of(sams, "log") not in body


@pytest.mark.parametrize(
    "back", ["https://evil.org/admin/", "//evil.org", "/api/v1/leads", "javascript:alert(1)", "\0"]
)
def test_the_way_back_leads_nowhere_else(browser: Client, sams: Lead, back: str) -> None:
    response = browser.post(page_of(sams, "log"), {"action_type": "call", "back": back})
    assert response["Location"] == page_of(sams)


@pytest.mark.every_database
@pytest.mark.parametrize("verb", VERBS)
def test_hostile_values_come_back_with_reasons(
    as_management: Client, sams: Lead, verb: str
) -> None:
    names = ["action_type", "details", "occurred_at", "next_followup_at", "status", "reason"]
    names += ["version", "assigned_to", "customer", "back"]
    for value in HOSTILE:
        response = as_management.post(page_of(sams, verb), dict.fromkeys(names, value))
        assert response.status_code in (200, 302), value


@pytest.mark.every_database
@pytest.mark.parametrize("name", ["lead", "action", "process"])
def test_hostile_forms_come_back_with_reasons(as_management: Client, sams: Lead, name: str) -> None:
    action = make_action(sams)
    record: Any = {"lead": sams, "action": action, "process": Process.objects.get()}[name]
    root = f"/admin/leads/{name}/"
    for path in (f"{root}add/", f"{root}{record.pk}/change/"):
        valid = filled(as_management.get(path))
        one_by_one = product([(field,) for field in valid], HOSTILE[2:3])
        for fields, value in [*one_by_one, *product([tuple(valid)], HOSTILE[1::2])]:
            response = as_management.post(path, valid | dict.fromkeys(fields, value))
            assert response.status_code in (200, 302), (path, fields, value)


def test_a_clash_is_shown_with_both_values(browser: Client, sams: Lead, maria: User) -> None:
    values = filled(browser.get(page_of(sams)), name="Eva")
    with acting(actor=maria, source="api"):
        sams.name, sams.admin_notes = "Ada", "zzprivate"
        sams.save()
    page = browser.post(page_of(sams), values)
    [clash] = page.context["adminform"].form.clashes
    assert (clash.by, clash.theirs, clash.yours) == ("maria", "Ada", "Eva")
    assert "zzprivate" not in page.content.decode()
