"""Requests of the scripts that its README shows, one for every address."""

from typing import Any

from crm.compat.tests.samples import Sample
from crm.tests.samples import sam, sams_lead
from leads.tests.make import make_action, make_process

EVERYBODY, OVERSEERS = (401, 200, 200, 200), (401, 403, 200, 200)
JOHN = {"email": "john@example.com", "name": "John Doe", "status": "new"}
NURTURING = {"name": "Lead Nurturing", "status": "active"}


def of(record: Any) -> dict[str, str]:
    return {"pk": str(record.pk)}


def a_lead() -> dict[str, str]:
    return of(sams_lead())


def an_action() -> dict[str, str]:
    return of(make_action(sams_lead(), created_by=sam()))


def a_process() -> dict[str, str]:
    return of(make_process(sams_lead()))


def welcome() -> dict[str, Any]:
    return {"lead_id": sams_lead().pk, "action_type": "email", "details": "Sent welcome email"}


# A change takes them with the same fields: there only those are tried that compare with what is.
LEAD = ("name", "email", "status", "url")
ACTION = ("lead_id", "action_type", "details", "description", "timestamp")
PROCESS = ("name", "lead_id", "channel", "last_action_id", "next_followup_datetime", "status")
SAMPLES = {
    ("GET", "leads"): Sample(EVERYBODY, query="?status=new&url=", many=sams_lead, key=200),
    ("POST", "leads"): Sample(EVERYBODY, body=lambda: JOHN, fields=LEAD, key=200),
    ("GET", "leads/{pk}"): Sample(EVERYBODY, values=a_lead, key=200),
    ("PUT", "leads/{pk}"): Sample(
        EVERYBODY,
        values=a_lead,
        body=lambda: {"name": "John Updated", "status": "contacted"},
        fields=("email", "status"),
        key=200,
    ),
    ("DELETE", "leads/{pk}"): Sample(EVERYBODY, values=a_lead, key=200),
    ("GET", "actions"): Sample(EVERYBODY, query="?action_type=call", many=make_action, key=200),
    ("POST", "actions"): Sample(EVERYBODY, body=welcome, fields=ACTION, key=200),
    ("GET", "actions/{pk}"): Sample(EVERYBODY, values=an_action, key=200),
    ("PUT", "actions/{pk}"): Sample(
        EVERYBODY,
        values=an_action,
        body=lambda: {"details": "Updated action details"},
        fields=("description", "timestamp"),
        key=200,
    ),
    ("DELETE", "actions/{pk}"): Sample(EVERYBODY, values=an_action, key=200),
    ("GET", "processes"): Sample(EVERYBODY, query="?status=active", many=make_process, key=200),
    # Without a lead it is seen by those who oversee all.
    ("POST", "processes"): Sample(OVERSEERS, body=lambda: NURTURING, fields=PROCESS, key=200),
    ("GET", "processes/{pk}"): Sample(EVERYBODY, values=a_process, key=200),
    ("PUT", "processes/{pk}"): Sample(
        EVERYBODY,
        values=a_process,
        body=lambda: {"status": "completed"},
        fields=("last_action_id", "next_followup_datetime"),
        key=200,
    ),
    ("DELETE", "processes/{pk}"): Sample(EVERYBODY, values=a_process, key=200),
    ("GET", "health"): Sample((200, 200, 200, 200)),
}
