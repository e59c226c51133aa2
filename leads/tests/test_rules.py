"""The rules of the pipeline, through everybody who may try them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from customers.tests.make import make_customer
from leads.models import Lead, Process
from leads.tests.callers import Api, BackOffice
from leads.tests.make import make_action, make_lead, make_process

STATUSES = ("new", "contacted", "quoted", "closed", "discarded")


def test_a_lead_can_be_reached(caller: Any, sams: Lead) -> None:
    assert caller.enter(name="Nobody") == "unreachable"
    assert caller.enter(instagram="@ana") == ""
    assert caller.change(sams, email=None) == "unreachable"
    assert caller.change(sams, email=None, phone="0412 345 67 89") == ""


@pytest.mark.parametrize("old", STATUSES)
def test_any_status_may_follow_any_other(caller: Any, old: str, sams: Lead) -> None:
    sams.customer = make_customer()
    sams.save()
    for new in STATUSES:
        assert caller.move(sams, old, "because") == ""
        assert caller.move(sams, new, "because") == ""
    sams.refresh_from_db()
    assert sams.status == new


def api(caller: Any) -> bool:
    return isinstance(caller, Api)


def test_an_unknown_status_is_none(caller: Any, sams: Lead) -> None:
    assert caller.move(sams, "lost") == "invalid_choice"


def test_people_say_why_they_discard_a_lead(caller: Any, sams: Lead) -> None:
    asked = isinstance(caller, Api | BackOffice)
    assert caller.move(sams, "discarded") == ("required" if asked else "")
    assert caller.move(sams, "discarded", "Went elsewhere") == ""


def test_the_reason_is_in_the_history(caller: Any, sams: Lead) -> None:
    caller.move(sams, "discarded", "Went elsewhere")
    newest: Any = sams.history.latest("history_id")
    assert (newest.status, newest.history_change_reason) == ("discarded", "Went elsewhere")
    assert caller.move(sams, "contacted", "x" * 501) == "max_length"


def test_a_reason_can_be_read(caller: Any, sams: Lead) -> None:
    assert caller.move(sams, "discarded", "\u200b") == "invisible_text"
    assert caller.move(sams, "discarded", "went \u202eelsewhere") == "bidirectional_controls"
    sams.refresh_from_db()
    assert sams.status == "new"


def test_a_lead_that_is_won_has_a_customer(caller: Any, sams: Lead) -> None:
    assert caller.move(sams, "closed") == ""
    sams.refresh_from_db()
    assert sams.customer == Customer.objects.get(email=sams.email)
    assert caller.change(sams, customer=None) == "required"


@pytest.mark.parametrize("end", ["closed", "discarded", "archived"])
def test_what_ends_has_no_next_step(caller: Any, end: str, sams: Lead) -> None:
    make_action(sams)
    make_process(sams, status="pending", next_followup_at=None)
    assert (caller.archive(sams) if end == "archived" else caller.move(sams, end, "why")) == ""
    assert set(Process.objects.values_list("status", flat=True)) == {"completed"}
    refused = {"closed": "lead_finished", "discarded": "lead_finished", "archived": "archived"}
    assert caller.plan(sams) == refused[end]
    # What is noted afterwards opens nothing.
    assert caller.log(sams) == ("archived" if end == "archived" else "")
    assert not Process.objects.open().exists()


def test_a_finished_process_does_not_come_back_without_its_lead(caller: Any, sams: Lead) -> None:
    process = make_process(sams, status="completed")
    caller.move(sams, "discarded", "why")
    if api(caller):
        path = f"/api/v1/processes/{process.pk}"
        assert caller.client.patch(path, {"status": "active"}).status_code == 409
    process.refresh_from_db()
    assert process.status == "completed"


def test_an_archived_lead_rests(caller: Any, sams: Lead) -> None:
    assert caller.archive(sams) == ""
    assert caller.change(sams, name="Eva") == "archived"
    assert caller.move(sams, "contacted") == "archived"
    assert caller.assign(sams, None) == "archived"
    assert caller.convert(sams) == "archived"
    assert not Customer.objects.exists()
    assert caller.restore(sams) == ""
    assert caller.change(sams, name="Eva") == ""
    assert caller.restore(sams) == "not_archived"


def test_leads_are_assigned_to_active_people(caller: Any, sams: Lead, sue: User) -> None:
    assert caller.assign(sams, sue) == ""
    sue.archive(confirmed=True)
    sams.refresh_from_db()
    assert sams.assigned_to is None
    assert caller.assign(sams, sue) == "not_assignable"


def test_an_action_is_of_the_past(caller: Any, sams: Lead) -> None:
    late = timezone.now() + timedelta(minutes=10)
    assert caller.log(sams, occurred_at=late) == "in_the_future"
    # Clocks differ a little.
    assert caller.log(sams, occurred_at=timezone.now() + timedelta(seconds=30)) == ""


@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
def test_a_follow_up_is_within_living_memory(caller: Any, year: int, sams: Lead) -> None:
    moment = timezone.now().replace(year=year, day=1)
    assert caller.plan(sams, next_followup_at=moment) == "year_out_of_range"


def test_a_customer_of_a_lead_is_live(caller: Any, sams: Lead) -> None:
    customer = make_customer()
    customer.archive()
    value = customer.pk if api(caller) else customer
    assert caller.change(sams, customer=value) == "not_live"


def test_an_amount_is_written_as_its_currency_is(caller: Any) -> None:
    lead = make_lead()
    assert caller.change(lead, expected_value="100.5", currency="jpy") == "too_precise"
    assert caller.change(lead, expected_value="-1") == "min_value"
    assert caller.change(lead, currency="DEM") == "unknown_currency"
    assert caller.change(lead, expected_value="100.5", currency="eur") == ""
    lead.refresh_from_db()
    assert lead.currency == "EUR"


def test_a_salesperson_s_lead_is_theirs(seller: Any, sam: User) -> None:
    assert seller.enter(email="eva@example.org") == ""
    assert Lead.objects.get(email="eva@example.org").assigned_to == sam


def test_salespeople_assign_nothing(seller: Any, sams: Lead, sue: User) -> None:
    assert seller.assign(sams, sue) == "forbidden"
    assert seller.assign(sams, None) == "forbidden"
    assert seller.change(sams, assigned_to=None) == "forbidden"
    value = sue.pk if api(seller) else sue
    refused = "does_not_exist" if api(seller) else "forbidden"
    assert seller.enter(email="eva@example.org", assigned_to=value) == refused
    sams.refresh_from_db()
    assert sams.assigned_to != sue


def test_a_salesperson_s_step_is_about_a_lead(seller: Any, caller: Any) -> None:
    assert seller.plan(None) == "forbidden"
    assert caller.plan(None) == ""
