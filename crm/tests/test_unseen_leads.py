"""As salesperson sam, no trace of sue's lead over any route of the API.

The routes are those of the URLconf: a new one is walked by itself, or fails here until it says
how.
"""

import json
from typing import Any

import pytest

from accounts.models import User
from crm.base.api import etags
from crm.tests.clients import ApiClient
from crm.tests.exports import rows_of
from crm.tests.routes import Route, api_routes
from crm.tests.samples import options_for, sample
from leads.models import Action, Lead, Process
from leads.tests.make import make_action, make_lead
from leads.tests.unseen import Unseen, make_unseen, traces

OURS = (Lead, Action, Process)
# Routes without records: about oneself and signing in.
PERSONAL = {f"/api/v1/auth/{name}" for name in ("login", "refresh", "logout", "me", "password")}
PERSONAL |= {"/api/v1/customers/photos/{token}", "/api/v1/register"}
# The trail of everything, which sellers may not read; and sums, of invoices alone.
TRAIL = {"/api/v1/audit-logs", "/api/v1/audit-logs/{pk}"}
SUMS = {f"/api/v1/reports/{name}" for name in ("customers", "invoices")}
CALLS = [(route, method) for route in api_routes() for method in route.methods]
OF_ONE = [(r, m) for r, m in CALLS if r.model in OURS and "{pk}" in r.path]
OTHERS = [pair for pair in CALLS if pair not in OF_ONE]
NARROWED = [
    (route, query)
    for route, method in OTHERS
    if route.model in OURS and method == "GET"
    for query in ("", "count=true", "assigned_to={sue}", "created_by={sue}", "overdue=true")
    if query.partition("=")[0] in {"", *route.view.filterset_class.parameters(), "count"}
    and not (query.startswith("count") and "stats" in route.path)
]
TAKEN_AWAY = [
    (route, query)
    for route, query in NARROWED
    if "list" in route.actions.values() and not query.startswith("count")
]
WRITERS = [("actions", {"action_type": "call"}), ("processes", {"name": "Visit"})]


@pytest.fixture
def unseen(sue: User) -> Unseen:
    return make_unseen(sue)


@pytest.fixture
def sams(sam: User) -> Lead:
    """A lead of sam's."""
    return make_lead(name="Ana", assigned_to=sam)


def test_every_route_is_about_records_or_known_not_to_be() -> None:
    assert {str(route) for route in api_routes() if route.model is None} <= PERSONAL | TRAIL | SUMS


@pytest.mark.parametrize(("route", "method"), OF_ONE, ids=str)
def test_what_is_not_his_is_not_there(
    as_sam: ApiClient, unseen: Unseen, route: Route, method: str
) -> None:
    record = unseen.of(route.model)
    if "restore" in route.actions.values():
        record.archive()
    everything = type(record).objects.filter(pk__lte=record.pk)
    before = list(everything.values())
    tag = etags.etag(record.pk, record.version)
    # That of somebody who is not there at all, but for the address.
    entry = record.history.latest("history_id").history_id
    nowhere = route.at(pk=10**9, history_id=entry)
    missing = as_sam.generic(method, nowhere, **options_for(route, method))
    for headers in ({}, {"If-Match": tag}):
        answer = as_sam.generic(
            method,
            route.at(pk=record.pk, history_id=entry),
            headers=headers,
            **options_for(route, method),
        )
        assert answer.status_code == missing.status_code in (403, 404)
        assert told(answer) == told(missing)
        assert "ETag" not in answer.headers
    assert list(everything.values()) == before


def told(answer: Any) -> Any:
    return {**answer.json(), "request_id": ""}


@pytest.mark.parametrize(("route", "method"), OTHERS, ids=str)
def test_no_other_route_tells_of_it(
    as_sam: ApiClient, unseen: Unseen, route: Route, method: str
) -> None:
    path, options = sample(route, method)
    answer = as_sam.generic(method, path, **options)
    assert traces(b"".join(answer).decode("utf-8", "replace")) == []
    assert traces(json.dumps(dict(answer.headers))) == []


@pytest.mark.parametrize(("route", "query"), NARROWED, ids=str)
def test_an_answer_is_the_same_as_if_it_were_not_there(
    as_sam: ApiClient, sam: User, sue: User, route: Route, query: str
) -> None:
    make_action(make_lead(assigned_to=sam))
    path = f"{route}?{query.format(sue=sue.pk)}"
    before = as_sam.get(path)
    make_unseen(sue)
    assert before.status_code == 200
    assert as_sam.get(path).json() == before.json()


@pytest.mark.parametrize(("route", "query"), TAKEN_AWAY, ids=str)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_has_the_same_rows_as_if_it_were_not_there(
    as_sam: ApiClient, sam: User, sue: User, route: Route, query: str, form: str
) -> None:
    make_action(make_lead(assigned_to=sam))
    path = f"{route}?format={form}&{query.format(sue=sue.pk)}"
    before = rows_of(b"".join(as_sam.get(path)))
    make_unseen(sue)
    assert rows_of(b"".join(as_sam.get(path))) == before
    assert len(before) > 1 or query


@pytest.mark.parametrize("word", ["zelda", "zzunseen", "4240000077", "ze"])
def test_no_search_finds_it(as_sam: ApiClient, unseen: Unseen, word: str) -> None:
    body = as_sam.get(f"/api/v1/leads?search={word}&count=true").json()
    assert (body["results"], body["count"]) == ([], 0)


@pytest.mark.parametrize(("path", "values"), WRITERS)
def test_nothing_is_added_to_it(
    as_sam: ApiClient, unseen: Unseen, path: str, values: dict[str, str]
) -> None:
    missing = as_sam.post(f"/api/v1/{path}", {"lead": 10**9, **values})
    answer = as_sam.post(f"/api/v1/{path}", {"lead": unseen.lead.pk, **values})
    assert answer.status_code == 422
    assert told(answer)["errors"] == told(missing)["errors"]


def test_an_action_of_it_ends_up_in_no_process_of_his(
    as_sam: ApiClient, unseen: Unseen, sams: Lead
) -> None:
    body = {"lead": sams.pk, "name": "Visit", "last_action": unseen.action.pk}
    assert as_sam.post("/api/v1/processes", body).status_code == 422


def test_entering_the_same_prospect_does_not_tell(as_sam: ApiClient, unseen: Unseen) -> None:
    answer = as_sam.post("/api/v1/leads", {"email": "new@x.com", "phone": unseen.lead.phone})
    assert answer.json()["duplicates"] == {"leads": [], "customers": []}


def test_what_is_given_to_somebody_else_is_gone(
    as_sam: ApiClient, as_maria: ApiClient, sams: Lead, sue: User
) -> None:
    make_action(sams)
    as_maria.patch(f"/api/v1/leads/{sams.pk}/assign", {"assigned_to": sue.pk})
    for path in ("leads", "actions", "processes", "processes/due"):
        assert as_sam.get(f"/api/v1/{path}").json()["results"] == []


def test_management_s_notes_are_neither_shown_nor_taken(
    as_sam: ApiClient, as_maria: ApiClient, sams: Lead
) -> None:
    path = f"/api/v1/leads/{sams.pk}"
    as_maria.patch(path, {"admin_notes": "zzprivate"})
    assert as_maria.get(path).json()["admin_notes"] == "zzprivate"
    for shown in (path, f"{path}/history", "/api/v1/leads?search=zzprivate", "/api/v1/leads"):
        assert traces(as_sam.get(shown).content.decode()) == []
        assert "admin_notes" not in as_sam.get(shown).content.decode()
    for answer in (
        as_sam.patch(path, {"admin_notes": "mine"}),
        as_sam.post("/api/v1/leads", {"email": "a@x.com", "admin_notes": "mine"}),
    ):
        assert answer.json()["errors"][0]["code"] == "unknown"
