"""Leads in a real browser: the two clicks that log a call, and the board."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from crm.tests.browser.test_back_office import PAINTED, sign_in
from leads.models import Lead
from leads.tests.make import make_action, make_lead, make_process

pytestmark = [
    pytest.mark.browser,
    pytest.mark.any_database,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def ana(sam: User) -> Lead:
    """A lead of sam's that he has not called for too long."""
    lead = make_lead(name="Ana", assigned_to=sam)
    make_action(lead, occurred_at=timezone.now() - timedelta(days=9))
    return lead


@pytest.fixture
def day(page: Page, ana: Lead) -> Page:
    sign_in(page, "sam")
    page.wait_for_url("**/admin/day/")
    return page


def test_a_call_is_logged_in_two_clicks(day: Page, ana: Lead, complaints: list[str]) -> None:
    row = day.locator(f"#lead-{ana.pk}")
    row.locator("summary", has_text="Log").click()
    row.get_by_role("button", name="Call").click()
    expect(day.get_by_text("Ana: Call noted.")).to_be_visible()
    expect(day.get_by_text("Nothing is overdue.")).to_be_visible()
    assert ana.actions.count() == 2
    assert complaints == []


def test_the_day_works_without_a_mouse(day: Page, ana: Lead, complaints: list[str]) -> None:
    row = day.locator(f"#lead-{ana.pk}")
    row.locator("summary", has_text="Next step").focus()
    day.keyboard.press("Enter")
    row.locator("[name=next_followup_at]").fill("2030-01-02T10:00")
    row.get_by_role("button", name="Set").press("Enter")
    expect(day.get_by_text("Ana: the next step is set.")).to_be_visible()
    planned = ana.processes.get().next_followup_at
    assert planned is not None
    assert planned.year == 2030
    assert complaints == []


def drag(card: Locator, column: Locator) -> None:
    """Drag ``card`` there; the board scrolls on a small screen, where a mouse would not reach."""
    data = card.page.evaluate_handle("new DataTransfer()")
    for target, event in ((card, "dragstart"), (column, "dragover"), (column, "drop")):
        target.dispatch_event(event, {"dataTransfer": data})


def test_a_lead_is_dragged_and_moved_on_the_board(
    day: Page, ana: Lead, complaints: list[str]
) -> None:
    day.goto(day.url.replace("/day/", "/board/"))
    card = day.locator(f"#lead-{ana.pk}")
    drag(card, day.locator("[data-status=quoted]"))
    expect(day.locator(f"[data-status=quoted] #lead-{ana.pk}")).to_be_attached()
    expect(day.get_by_text("Ana: now “Quoted”.")).to_be_visible()

    drag(card, day.locator("[data-status=discarded]"))
    expect(day.get_by_text("Say why the lead is discarded.")).to_be_visible()
    day.fill("[name=reason]", "No budget")
    day.get_by_role("button", name="Move").click()
    expect(day.locator(f"[data-status=discarded] #lead-{ana.pk}")).to_be_attached()

    card.locator("[name=status]").select_option("closed")
    card.get_by_role("button", name="Move").press("Enter")
    expect(day.get_by_text("A new customer: Ana")).to_be_visible()
    day.get_by_role("button", name="Convert").click()
    expect(day.locator(f"[data-status=closed] #lead-{ana.pk}")).to_be_attached()
    ana.refresh_from_db()
    assert (ana.status, str(ana.customer)) == ("closed", "Ana")
    assert complaints == []


def test_a_list_shows_all_of_a_long_name(day: Page, ana: Lead) -> None:
    ana.name = "Extraordinariamente " * 7
    ana.save()
    make_process(ana, name=ana.name)
    cut = "cells => cells.filter(one => one.scrollHeight > one.clientHeight + 1).length"
    for name in ("lead", "action", "process"):
        day.goto(day.url.partition("/admin/")[0] + f"/admin/leads/{name}/")
        assert day.locator("#result_list tbody :is(td, th)").evaluate_all(cut) == 0, name


@pytest.mark.parametrize("person", ["alice", "sam"])
def test_no_page_of_leads_complains_or_is_too_wide(
    page: Page, request: pytest.FixtureRequest, person: str, complaints: list[str]
) -> None:
    user: Any = request.getfixturevalue(person)
    long = "Extraordinariamente " * 7
    lead = make_lead(
        name=long[:140], email=f"{'x' * 50}@example.org", instagram="y" * 90, assigned_to=user
    )
    action = make_action(lead, action_type="w" * 50, details=long * 9)
    step = lead.processes.get()
    sign_in(page, person)
    page.wait_for_url("**/admin/**")
    start = page.url.partition("/admin/")[0] + "/admin/"
    one = f"leads/lead/{lead.pk}"
    paths = ["day/", "board/", "leads/lead/", "leads/lead/add/", "leads/lead/?q=nobody"]
    paths += [f"{one}/{name}/" for name in ("change", "history", "log", "step", "move", "convert")]
    paths += ["leads/action/", "leads/action/add/", f"leads/action/{action.pk}/change/"]
    paths += ["leads/process/", "leads/process/add/", f"leads/process/{step.pk}/change/"]
    if person == "alice":
        paths += ["team/", f"{one}/assign/"]
    for path in paths:
        page.goto(start + path)
        page.evaluate(PAINTED)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path
    assert complaints == []
