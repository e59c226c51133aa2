"""The pages that tell what to do: my day, the board, the team."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from crm.tests.pages import listed, text, told
from leads import day_pages
from leads.models import Lead
from leads.tests.make import make_action, make_lead, make_process

Login = Callable[[User], Client]
PAGES = ("/admin/day/", "/admin/board/", "/admin/team/", "/admin/")


@pytest.fixture
def browser(back_office: Login, sam: User) -> Client:
    return back_office(sam)


@pytest.fixture
def as_management(back_office: Login, maria: User) -> Client:
    return back_office(maria)


def groups(page: Any) -> dict[str, list[str]]:
    return {
        str(group.title): [str(row["lead"]) for row in group.rows]
        for group in page.context["groups"]
    }


def planned(sam: User, name: str, when: datetime | None) -> Lead:
    lead = make_lead(name=name, assigned_to=sam)
    if when:
        make_process(lead, next_followup_at=when)
    return lead


def test_the_day_is_sorted_by_what_is_late_in_ones_own_time_zone(
    browser: Client, sam: User, sue: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.fromisoformat("2026-11-21T02:00:00+00:00")
    sam.time_zone = "America/Caracas"  # where it is the 20th, 22:00
    sam.save()
    monkeypatch.setattr(timezone, "now", lambda: now)
    planned(sam, "late", now - timedelta(days=2))
    planned(sam, "later", now - timedelta(days=3))
    planned(sam, "tonight", now + timedelta(hours=1))
    planned(sam, "tomorrow", now + timedelta(hours=3))
    planned(sam, "next month", now + timedelta(days=30))
    planned(sam, "forgotten", None)
    planned(sue, "hers", now)
    assert groups(browser.get("/admin/day/")) == {
        "Overdue": ["later", "late"],
        "Today": ["tonight"],
        "In the next 7 days": ["tomorrow"],
        "Without a next step": ["forgotten"],
    }


def test_an_empty_day_says_so(browser: Client) -> None:
    assert "Nothing is overdue." in text(browser.get("/admin/day/"))


def test_a_long_day_leads_to_the_whole_list(browser: Client, sam: User) -> None:
    for number in range(27):
        planned(sam, f"lead {number}", timezone.now() - timedelta(hours=number + 1))
    page = browser.get("/admin/day/")
    late = page.context["groups"][0]
    assert (len(late.rows), late.count) == (25, "27")
    assert len(listed(browser.get(late.more))) == 27


def test_of_very_many_it_says_that_there_are_more(
    browser: Client, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_pages, "MOST_COUNTED", 3)
    now = timezone.now()
    for hours in (-5, -4, -3, -2, -1, 25, 26, 27):
        planned(sam, f"in {hours} hours", now + timedelta(hours=hours))
    late, _today, week, _without = browser.get("/admin/day/").context["groups"]
    assert (late.count, week.count) == ("3+", "3")
    assert [str(row["lead"]) for row in late.rows][:2] == ["in -5 hours", "in -4 hours"]


def test_the_board_has_a_column_for_each_status_with_its_count(
    browser: Client, sam: User, sue: User
) -> None:
    for number in range(52):
        make_lead(name=f"lead {number}", assigned_to=sam)
    make_lead(status="quoted", assigned_to=sam)
    make_lead(assigned_to=sue)
    make_lead(assigned_to=sam).archive()
    columns = {one["status"]: one for one in browser.get("/admin/board/").context["columns"]}
    assert {name: column["count"] for name, column in columns.items()} == {
        "new": 52,
        "contacted": 0,
        "quoted": 1,
        "closed": 0,
        "discarded": 0,
    }
    newest = [f"lead {number}" for number in range(51, 1, -1)]
    assert [str(card["lead"]) for card in columns["new"]["cards"]] == newest
    assert len(columns["quoted"]["cards"]) == 1
    assert "status=new" in columns["new"]["more"]


def test_the_board_is_narrowed_by_channel_and_by_person(
    as_management: Client, browser: Client, sam: User
) -> None:
    make_lead(channel="web", assigned_to=sam)
    make_lead(channel="web")
    make_lead(channel="manual")

    def count(client: Client, query: str) -> int:
        page = client.get(f"/admin/board/?{query}")
        return sum(int(column["count"]) for column in page.context["columns"])

    queries = ("channel=web", "assigned_to=nobody", f"assigned_to={sam.pk}", "channel=x", "")
    assert [count(as_management, query) for query in queries] == [2, 2, 1, 3, 3]
    assert [count(browser, query) for query in queries] == [1, 1, 1, 1, 1]


def test_the_team_page_tells_who_is_behind(
    as_management: Client, browser: Client, sam: User, sue: User
) -> None:
    oldest = timezone.now() - timedelta(days=5)
    planned(sam, "late", oldest)
    planned(sam, "later", timezone.now() - timedelta(days=1))
    planned(sue, "fine", timezone.now() + timedelta(days=1))
    old = make_lead()
    Lead.objects.filter(pk=old.pk).derived_update(touched_at=timezone.now() - timedelta(days=20))
    rows = {row["who"]: row for row in as_management.get("/admin/team/").context["rows"]}
    told = {who: (row["open"], row["late"], row["stale"]) for who, row in rows.items()}
    assert told[str(sam.pk)] == (2, 2, 0)
    assert told[str(sue.pk)] == (1, 0, 0)
    assert told["nobody"] == (1, 0, 1)
    assert rows[str(sam.pk)]["oldest"] == oldest
    found = listed(as_management.get("/admin/leads/lead/?stale=14&assigned_to=nobody"))
    assert found == [old]
    assert browser.get("/admin/team/").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_as_much_whatever_there_is(
    as_management: Client, maria: User, path: str
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_management.get(path).status_code == 200
        return len(queries)

    def more() -> None:
        for number in (-30, -1, 0, 4, None):
            when = None if number is None else timezone.now() + timedelta(days=number, minutes=5)
            lead = planned(maria, "lead", when)
            make_action(lead)
        make_lead(assigned_to=maria)

    more()
    asked()
    one = asked()
    for _ in range(3):
        more()
    assert asked() == one


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"new", "quoted", "sams", "late"}),
        ("status=quoted", {"quoted"}),
        ("channel=web", {"sams"}),
        ("attention=overdue", {"late"}),
        ("attention=stepless", {"new", "quoted", "sams"}),
        ("assigned_to=nobody", {"new", "quoted", "late"}),
        ("archived=yes", {"gone"}),
        ("created_from=2100-01-01", set()),
        ("created_until=2100-01-01", {"new", "quoted", "sams", "late"}),
        ("created_until=yesterday", {"new", "quoted", "sams", "late"}),
        ("q=quot", {"quoted"}),
    ],
)
def test_the_list_is_narrowed(
    as_management: Client, sam: User, query: str, names: set[str]
) -> None:
    make_lead(name="new")
    make_lead(name="quoted", status="quoted")
    make_lead(name="sams", assigned_to=sam, channel="web")
    make_process(make_lead(name="late"), next_followup_at=timezone.now() - timedelta(days=1))
    make_lead(name="gone").archive()
    page = as_management.get(f"/admin/leads/lead/?{query}")
    assert {lead.name for lead in listed(page)} == names


def bulk(verb: str, *leads: Lead, **more: Any) -> dict[str, Any]:
    pks = [str(lead.pk) for lead in leads]
    return {"action": f"{verb}_selected", "index": "0", "_selected_action": pks, **more}


def test_many_are_assigned_at_once_or_none(as_management: Client, sam: User, sue: User) -> None:
    leads = [make_lead(name=f"lead {number}") for number in range(3)]
    path = "/admin/leads/lead/"
    page = as_management.post(path, bulk("assign", *leads))
    assert "sue" in text(page)
    assert all(lead.name in text(page) for lead in leads)
    done = as_management.post(path, bulk("assign", *leads, assigned_to=sue.pk), follow=True)
    assert told(done) == ["3 leads assigned."]
    assert set(Lead.objects.values_list("assigned_to", flat=True)) == {sue.pk}
    leads[2].refresh_from_db()
    leads[2].archive()
    all_of_them = f"{path}?archived=all"
    page = as_management.post(all_of_them, bulk("assign", *leads, assigned_to=sam.pk))
    assert "This record is archived. Restore it first." in told(page)
    assert set(Lead.objects.values_list("assigned_to", flat=True)) == {sue.pk}
    gone = as_management.post(path, bulk("assign", *leads, assigned_to=sam.pk), follow=True)
    assert "Nothing was done" in told(gone)[0]


def test_management_picks_people_by_typing(
    as_management: Client, browser: Client, sam: User, sue: User
) -> None:
    path = "/admin/autocomplete/?app_label=leads&model_name=lead&field_name=assigned_to&term="
    sue.archive()
    found = as_management.get(path).json()["results"]
    assert {row["text"] for row in found} == {"maria", "sam"}
    assert browser.get(path).status_code == 403
