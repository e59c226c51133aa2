from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from leads.models import Lead
from leads.tests.make import make_action, make_lead, make_process

LEADS = "/api/v1/leads"


def names(client: ApiClient, query: str, path: str = LEADS) -> list[str]:
    body = client.get(f"{path}?{query}").json()
    return sorted(row["name"] for row in body["results"])


@pytest.fixture
def some(sam: User, sue: User) -> dict[str, Any]:
    """Leads, each of which one filter finds."""
    late = make_lead(name="late", assigned_to=sam, channel="web")
    make_process(late, next_followup_at=timezone.now() - timedelta(days=1))
    quoted = make_lead(name="quoted", assigned_to=sue, status="quoted", channel="whatsapp")
    make_process(quoted, next_followup_at=timezone.now() + timedelta(days=1))
    known = make_lead(name="known", assigned_to=sue, customer=make_customer())
    free = make_lead(name="free", status="discarded")
    make_lead(name="old").archive()
    return {"sam": sam.pk, "customer": known.customer_id, "pk": free.pk}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["free", "known", "late", "quoted"]),
        ("status=quoted", ["quoted"]),
        ("open=true", ["known", "late", "quoted"]),
        ("open=false", ["free"]),
        ("channel=web", ["late"]),
        ("assigned_to={sam}", ["late"]),
        ("unassigned=true", ["free"]),
        ("unassigned=false", ["known", "late", "quoted"]),
        ("customer={customer}", ["known"]),
        ("overdue=true", ["late"]),
        ("overdue=false", ["free", "known", "quoted"]),
        ("archived=true", ["old"]),
        ("created_at_before=2020-01-01T00:00:00Z", []),
        ("search=quo", ["quoted"]),
    ],
)
def test_a_filter_finds_what_it_says(
    query: str, found: list[str], as_maria: ApiClient, some: dict[str, Any]
) -> None:
    assert names(as_maria, query.format(**some)) == found


@pytest.mark.parametrize("query", ["stale=0", "stale=x", "overdue=1", "status=lost", "statu=new"])
def test_a_filter_that_makes_no_sense_is_refused(query: str, as_maria: ApiClient) -> None:
    assert as_maria.get(f"{LEADS}?{query}").status_code == 400


def test_actions_and_processes_have_filters_too(as_maria: ApiClient, sams: Lead) -> None:
    make_action(sams, action_type="Visit")
    make_action(action_type="email")
    for query in (f"lead={sams.pk}", "action_type=Visit"):
        [row] = as_maria.get(f"/api/v1/actions?{query}").json()["results"]
        assert row["action_type"] == "Visit"
    assert len(as_maria.get("/api/v1/actions?action_type=EMAIL").json()["results"]) == 1
    assert names(as_maria, f"lead={sams.pk}", "/api/v1/processes") == ["Ana"]
    assert names(as_maria, "overdue=true", "/api/v1/processes") == []


def test_a_process_planned_by_mistake_is_taken_back(as_sam: ApiClient, sams: Lead) -> None:
    process = make_process(sams)
    path = f"/api/v1/processes/{process.pk}"
    assert as_sam.delete(path).status_code == 204
    assert as_sam.get(path).status_code == 404
    assert sams.processes.model.history.filter(id=process.pk, history_type="-").exists()
