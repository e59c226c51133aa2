"""Numbers of the pipeline: only of what the asker may see."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from leads.models import Lead
from leads.stats import stats
from leads.tests.make import make_lead

STATS = "/api/v1/leads/stats"
LONG_AGO = datetime(2026, 1, 15, tzinfo=UTC)


def won_after(days: int, created_at: datetime, **values: Any) -> Lead:
    """Return a lead that was won so many days after it was entered."""
    lead = Lead(email="x@example.org", customer=make_customer(), created_at=created_at, **values)
    lead.prepare()
    won = Lead(**{f.attname: getattr(lead, f.attname) for f in lead._meta.concrete_fields})
    won.status, won.status_changed_at = "closed", created_at + timedelta(days=days)
    Lead.objects.audited_replay([[lead, won]])
    return won


def test_it_counts_by_status_channel_and_assignee(
    as_maria: ApiClient, sam: User, sue: User
) -> None:
    make_lead(assigned_to=sam, channel="web", status="quoted")
    make_lead(assigned_to=sam)
    make_lead(assigned_to=sue)
    make_lead()
    make_lead().archive()
    body = as_maria.get(STATS).json()
    assert body["total"] == 4
    assert body["by_status"] == {
        "new": 3,
        "contacted": 0,
        "quoted": 1,
        "closed": 0,
        "discarded": 0,
    }
    assert body["by_channel"] == {"web": 1, "whatsapp": 0, "instagram": 0, "manual": 3}
    assert body["by_assignee"] == [
        {"id": sam.pk, "username": "sam", "count": 2},
        {"id": None, "username": None, "count": 1},
        {"id": sue.pk, "username": "sue", "count": 1},
    ]


def test_a_salesperson_s_numbers_are_of_their_own_leads(
    as_sam: ApiClient, sam: User, sue: User
) -> None:
    make_lead(assigned_to=sam)
    won_after(3, timezone.now() - timedelta(days=5), assigned_to=sue)
    body = as_sam.get(STATS).json()
    assert (body["total"], body["by_status"]["closed"]) == (1, 0)
    assert [row["id"] for row in body["by_assignee"]] == [sam.pk]
    assert sum(row["created"] for row in body["conversion"]) == 1


def test_filters_narrow_it(as_maria: ApiClient, sam: User) -> None:
    make_lead(assigned_to=sam, channel="web")
    make_lead(assigned_to=sam)
    make_lead()
    assert as_maria.get(f"{STATS}?assigned_to={sam.pk}&channel=web").json()["total"] == 1
    assert as_maria.get(f"{STATS}?created_at_after=2999-01-01T00:00:00Z").json()["total"] == 0


def test_conversion_is_told_by_month_and_channel(db: None) -> None:
    month = datetime(2026, 3, 10, 12, tzinfo=UTC)
    won_after(4, month, channel="web")
    won_after(8, month, channel="web")
    Lead.objects.audited_bulk_create(
        [Lead(email="x@x.com", channel="web", created_at=month) for _ in range(2)]
    )
    won_after(1, month + timedelta(days=31), channel="manual")
    found = stats(Lead.objects.live(), ZoneInfo("UTC"), since=LONG_AGO)
    rates = {"created": 4, "won": 2, "rate": 0.5, "days_to_close": 6.0}
    assert found["conversion"] == [
        {"month": "2026-03", "channel": "web", **rates},
        {"month": "2026-04", "channel": "manual", "created": 1, "won": 1, **each(1.0)},
    ]
    assert found["conversion_by_channel"][0] == {"channel": "web", **rates}
    assert found["conversion_by_channel"][1] == {
        "channel": "whatsapp",
        "created": 0,
        "won": 0,
        "rate": None,
        "days_to_close": None,
    }


def each(value: float) -> dict[str, float]:
    return {"rate": value, "days_to_close": value}


def test_a_month_begins_where_the_asker_is(db: None) -> None:
    won_after(1, datetime(2026, 4, 1, 2, tzinfo=UTC))
    [row] = stats(Lead.objects.live(), ZoneInfo("America/Caracas"), since=LONG_AGO)["conversion"]
    assert row["month"] == "2026-03"


def test_at_the_end_of_time_there_are_no_leads(as_maria: ApiClient, maria: User) -> None:
    maria.time_zone = "Asia/Tokyo"
    maria.save()
    make_lead()
    body = as_maria.get(f"{STATS}?created_at_after=9999-12-31T23:59:59Z").json()
    assert (body["total"], body["conversion"]) == (0, [])


def test_only_the_last_ninety_days_are_counted_unless_asked(as_maria: ApiClient) -> None:
    won_after(1, timezone.now() - timedelta(days=91))
    assert as_maria.get(STATS).json()["conversion"] == []
    assert len(as_maria.get(f"{STATS}?created_at_after=2020-01-01T00:00:00Z").json()["conversion"])


def test_a_period_that_only_ends_is_the_ninety_days_before(as_maria: ApiClient) -> None:
    for days in (99, 191):
        won_after(1, timezone.now() - timedelta(days=days))
    end = (timezone.now() - timedelta(days=98)).strftime("%Y-%m-%d")
    rows = as_maria.get(f"{STATS}?created_at_before={end}").json()["conversion"]
    assert [row["won"] for row in rows] == [1]
    assert as_maria.get(f"{STATS}?created_at_before=0001-01-01").json()["conversion"] == []
