"""What an auditor asks about is noted where it happens, whoever calls, and never in a flood."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import make_key
from crm.base.context import acting
from crm.base.models import SecurityEvent
from crm.base.trail import security_events
from crm.tests.clients import ApiClient, signed_in, with_key

Login = Callable[[User], Client]


def events(kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    found = SecurityEvent.objects.filter(kind=kind).order_by("id")
    return [(event.actor_name, event.actor_role, event.details) for event in found]


def test_a_changed_role_is_noted_with_what_it_was(as_alice: ApiClient, sam: User) -> None:
    as_alice.patch(f"/api/v1/users/{sam.pk}", {"role": Role.MANAGEMENT})
    as_alice.patch(f"/api/v1/users/{sam.pk}", {"language": "es"})
    changed = {"of": "sam", "old": "sales", "new": "management"}
    assert events("role_changed") == [("alice", "admin", changed)]


def test_a_role_that_could_not_be_changed_is_no_event(as_alice: ApiClient, alice: User) -> None:
    refused = as_alice.patch(f"/api/v1/users/{alice.pk}", {"role": Role.SALES})
    assert refused.status_code == 409
    assert events("role_changed") == []


def test_a_password_is_noted_as_ones_own_or_as_set(
    as_alice: ApiClient, alice: User, sam: User
) -> None:
    new = {"password": "another long secret"}
    as_alice.patch(f"/api/v1/users/{sam.pk}", new)
    as_alice.patch(f"/api/v1/users/{alice.pk}", new)
    assert events("password_set") == [("alice", "admin", {"of": "sam"})]
    assert events("password_changed") == [("alice", "admin", {"of": "alice"})]


def test_the_life_of_a_key_is_noted(as_alice: ApiClient) -> None:
    pk = as_alice.post("/api/v1/api-keys", {"name": "shop"}).json()["id"]
    as_alice.patch(f"/api/v1/api-keys/{pk}", {"daily_limit": 50})
    as_alice.post(f"/api/v1/api-keys/{pk}/rotate")
    as_alice.delete(f"/api/v1/api-keys/{pk}")
    for kind in ("key_created", "key_rotated", "key_revoked"):
        assert events(kind) == [("alice", "admin", {"key": "shop"})]


@pytest.mark.django_db(transaction=True)
def test_a_key_that_cannot_be_noted_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **details: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(security_events, "note", fail)
    with pytest.raises(RuntimeError):
        make_key("shop")
    monkeypatch.undo()
    assert make_key("shop").history.count() == 1


def test_a_refusal_is_noted_with_what_was_asked(as_sam: ApiClient) -> None:
    assert as_sam.get("/api/v1/users?search=alice").status_code == 403
    assert events("refused") == [("sam", "sales", {"method": "GET", "path": "/api/v1/users"})]


def test_refusals_are_noted_wherever_they_happen(back_office: Login, sam: User) -> None:
    back_office(sam).get("/admin/team/")
    with_key(make_key("shop")).get("/api/v1/customers")
    names = [
        (event.actor_name, event.source) for event in SecurityEvent.objects.filter(kind="refused")
    ]
    assert sorted(names) == [("API key shop", "api"), ("sam", "admin")]


def test_a_flood_of_refusals_does_not_fill_the_table(
    clock: Any, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_events, "REFUSALS", 2)
    assert {signed_in(sam).get("/api/v1/users").status_code for _ in range(5)} == {403}
    assert len(events("refused")) == 2
    clock.shift(timedelta(hours=1))
    signed_in(sam).get("/api/v1/users")
    assert len(events("refused")) == 3


def test_a_used_up_quota_is_noted_once_a_day(db: None, clock: Any) -> None:
    client = with_key(make_key("shop", daily_limit=1))
    for _ in range(4):
        client.post("/api/v1/customers", {"name": "Ana"})
    assert events("quota_reached") == [("API key shop", "api_key", {"limit": 1})]
    clock.shift(timedelta(days=1))
    for _ in range(3):
        client.post("/api/v1/customers", {"name": "Ana"})
    assert len(events("quota_reached")) == 2


def test_leaving_the_back_office_is_noted(back_office: Login, sam: User) -> None:
    browser = back_office(sam)
    browser.get("/admin/logout/")
    assert events("logout") == []
    browser.post("/admin/logout/")
    assert events("logout") == [("sam", "sales", {})]


def test_whoever_is_not_signed_in_is_the_public(db: None) -> None:
    with acting(source="api", address="192.0.2.1", actor=None):
        security_events.note("login_failed", actor_name="mallory")
    assert events("login_failed") == [("mallory", "public", {})]
