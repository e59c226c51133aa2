"""Every write path leaves in the histories exactly what it changed, and by whom, whence and why."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse

from crm.base.context import acting
from crm.base.outbox import jobs
from crm.base.trail.fence import unaudited
from crm.base.trail.history import history_model
from crm.compat.tests.samples import cases
from crm.console.menu import CHOICES
from crm.tests.access_table import BACK_OFFICE
from crm.tests.routes import api_routes
from crm.tests.test_models import our_commands
from crm.tests.true_difference import Snapshot, faults
from crm.tests.write_paths import PATHS, World, WritePath
from customers.models import Customer
from customers.tests.make import make_customer

for kind in ("api", "back_office", "lists", "elsewhere"):
    import_module(f"crm.tests.paths_{kind}")  # which registers its paths

EXEMPT = {
    "POST /admin/": "the home page only shows",
    "POST /admin/search/": "only shows",
    "POST /admin/day/": "its forms are sent to the lead's pages",
    "POST /admin/board/": "its forms are sent to the lead's pages",
    "POST /admin/team/": "only shows",
    "POST /admin/{app_label}/": "only shows",
    "POST /admin/login/": "a sign-in is no change of a record; a security event tells",
    "POST /admin/logout/": "a sign-in is no change of a record; a security event tells",
    "POST /admin/accounts/user/{object_id}/end-sessions/": "a session is no record",
    "POST /admin/base/notice/{object_id}/retry/": "a notice is no record",
    "POST /admin/customers/customer/{object_id}/photo/": "only shows",
    "POST /admin/invoices/companyprofile/{object_id}/logo/": "only shows",
    "POST /admin/invoices/invoice/totals/": "works out what is typed, and stores nothing",
    "POST /admin/invoices/invoice/{object_id}/pdf/": "only shows",
    "POST /admin/invoices/invoice/{object_id}/mail/": "a letter is a notice, which is no record",
    "manage.py console": "each of its choices is a path",
    "manage.py worker": "each of its jobs is a path",
    "manage.py first_start": "creates the administrator as create_user does, and calls seed",
    "manage.py messages": "writes files of the repository",
    "manage.py migrate": "brings all rows into another form, and is in the repository",
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", PATHS.values(), ids=str)
def test_the_history_tells_exactly_what_changed(way: WritePath) -> None:
    with acting(source="command"):
        perform = way.prepare(World())
    before = Snapshot()
    answer = perform()
    if isinstance(answer, HttpResponse):
        assert answer.status_code < 400, answer.content
    assert faults(before, Snapshot()) == []
    entries = before.all_entries()
    assert bool(entries) is not bool(way.quiet)
    for entry in entries:
        assert (entry["source"], entry["actor_name"]) == (way.source, way.actor)
        reason = entry["history_change_reason"] or ""
        assert reason.startswith(way.reason) if way.reason else reason == ""
    requests = {entry["request_id"] for entry in entries}
    assert len(requests) == bool(entries)
    if isinstance(answer, HttpResponse):
        assert requests <= {answer["X-Request-ID"]}


def pages() -> set[str]:
    """Return the pages that an administrator's form is taken at; a list has its actions."""
    taken = {path for path, row in BACK_OFFICE.items() if row["POST"][3] in (200, 302)}
    lists = {f"/admin/{m._meta.app_label}/{m._meta.model_name}/" for m in admin.site._registry}
    leading_on = {f"{path}{{object_id}}/" for path in lists}
    return {f"POST {path}" for path in taken - leading_on - lists}


def actions() -> set[str]:
    """Return what is done to many records from their list, or in its rows."""
    offered = {
        f"{m._meta.label} {a}" for m, one in admin.site._registry.items() for a in one.actions or ()
    }
    edited = {m._meta.label for m, one in admin.site._registry.items() if one.list_editable}
    return offered | {f"{label} list_editable" for label in edited}


def test_every_way_to_write_is_performed_or_excused() -> None:
    unsafe = {f"{m} {route}" for route in api_routes() if route.view for m in route.methods}
    found = {name for name in unsafe if not name.startswith("GET ")}
    found |= {str(case) for case in cases() if case.method != "GET"}
    found |= pages() | actions()
    found |= {f"console {number}" for number in range(1, len(CHOICES) + 1)}
    found |= {f"manage.py {name}" for name in our_commands()}
    found |= {f"job {name}" for name in jobs._jobs}
    assert found - PATHS.keys() == EXEMPT.keys()


def forged(customer: Customer) -> None:
    """Add an entry of a change that was none."""
    model = history_model(Customer)
    entry = model.objects.get(id=customer.pk)
    entry.pk, entry.history_type = None, "~"
    entry.save(force_insert=True)


UNTOLD: dict[str, tuple[Callable[[Customer], Any], str]] = {
    "a change": (lambda one: below(one).update(city="x", version=2), "1 versions, but 0 entries"),
    "a change in silence": (lambda one: below(one).update(city="x"), "another ['city']"),
    "a deletion": (lambda one: below(one)._raw_delete("default"), "0 versions, but 0 entries"),
    "a creation": (
        lambda one: Customer._base_manager.bulk_create([Customer(name="x")]),
        "1 versions",
    ),
    "an entry without a change": (forged, "0 versions, but 1 entries"),
}


def below(customer: Customer) -> Any:
    return Customer._base_manager.filter(pk=customer.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("write", UNTOLD)
def test_the_comparison_notices(write: str) -> None:
    customer = make_customer()
    with transaction.atomic():
        before = Snapshot()
        with unaudited("the comparison is to notice it"):
            UNTOLD[write][0](customer)
        assert UNTOLD[write][1] in " ".join(faults(before, Snapshot()))
        transaction.set_rollback(True)
