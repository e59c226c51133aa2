"""What is due, in everybody's own day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from crm.tests.clients import ApiClient
from leads import agenda
from leads.models import Lead
from leads.tests.make import make_action, make_lead, make_process

NIGHT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
DUE = "/api/v1/processes/due"


@pytest.mark.parametrize(
    ("zone", "start", "hours"),
    [
        ("America/Caracas", datetime(2026, 2, 28, 4, tzinfo=UTC), 24),
        ("Europe/Madrid", datetime(2026, 2, 28, 23, tzinfo=UTC), 24),
        ("Asia/Vladivostok", datetime(2026, 2, 28, 14, tzinfo=UTC), 24),
        ("", datetime(2026, 3, 1, tzinfo=UTC), 24),
    ],
)
def test_a_day_is_that_of_its_time_zone(zone: str, start: datetime, hours: int, sam: User) -> None:
    sam.time_zone = zone
    day = agenda.today(sam, NIGHT)
    assert (day.start, day.end - day.start) == (start, timedelta(hours=hours))


def test_a_day_on_which_clocks_change_is_shorter(sam: User) -> None:
    sam.time_zone = "Europe/Madrid"
    day = agenda.today(sam, datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert day.end.astimezone(UTC) - day.start.astimezone(UTC) == timedelta(hours=23)


def test_the_overdue_come_first(as_sam: ApiClient, sams: Lead, sues: Lead, sam: User) -> None:
    now = timezone.now()
    end = agenda.today(sam).end
    moments = {
        "today": end - timedelta(seconds=1),
        "tomorrow": end,
        "late": now - timedelta(days=3),
        "later": now - timedelta(hours=1),
    }
    for name, moment in moments.items():
        make_process(sams, name=name, next_followup_at=moment)
    make_process(sams, name="done", next_followup_at=now, status="completed")
    make_process(sues, name="sue's", next_followup_at=now)
    rows = as_sam.get(DUE).json()["results"]
    assert [row["name"] for row in rows] == ["late", "later", "today"]
    assert [row["overdue"] for row in rows] == [True, True, end - timedelta(seconds=1) < now]
    first = as_sam.get(f"{DUE}?page_size=2").json()
    assert [row["name"] for row in as_sam.get(first["next"]).json()["results"]] == ["today"]
    late = as_sam.get(f"{DUE}?overdue=true").json()["results"]
    assert [row["name"] for row in late] == ["late", "later"]


def test_management_sees_everybody_s(as_maria: ApiClient, sams: Lead, sues: Lead) -> None:
    for lead in (sams, sues):
        make_process(lead, next_followup_at=timezone.now())
    make_process(None, next_followup_at=timezone.now())
    assert len(as_maria.get(DUE).json()["results"]) == 3
    assert len(as_maria.get(f"{DUE}?assigned_to={sams.assigned_to_id}").json()["results"]) == 1


def test_an_action_or_a_change_touches_a_lead(as_maria: ApiClient, sam: User) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    leads = [make_lead() for _ in range(4)]
    Lead.objects.all().derived_update(touched_at=long_ago)
    make_action(leads[0], action_type="note")
    leads[1].refresh_from_db()
    leads[1].assign(sam)
    leads[2].archive()
    found = as_maria.get("/api/v1/leads?stale=30").json()["results"]
    assert [row["id"] for row in found] == [leads[3].pk]
    assert list(agenda.stale(sam, 30)) == []
    assert as_maria.get("/api/v1/leads?stale=50").json()["results"] == []
