"""The back office of API keys: made, shown once, watched, rotated, revoked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, ApiKeyUse, User
from accounts.tests.make import make_key
from crm.tests.clients import with_key
from crm.tests.pages import errors, filled, listed, text, told

ADD = "/admin/accounts/apikey/add/"
LIST = "/admin/accounts/apikey/"
FORM = {"name": "web shop", "scopes": ["customers:add", "customers:read"], "daily_limit": "35"}


@pytest.fixture
def office(alice: User, back_office: Callable[[User], Client]) -> Client:
    return back_office(alice)


def page_of(key: ApiKey, name: str = "change") -> str:
    return f"{LIST}{key.pk}/{name}/"


def key_on(page: Any) -> str:
    """Return the key that a page shows; raises ``AssertionError`` for a page without one."""
    assert page.status_code == 200
    shown: str = page.context["original"].secret
    assert shown in text(page)
    return shown


def test_a_new_key_is_shown_by_the_page_that_made_it_and_by_no_other(office: Client) -> None:
    page = office.post(ADD, FORM)
    secret = key_on(page)
    assert "no-store" in page.headers["Cache-Control"]
    key = ApiKey.objects.get()
    assert (key.scopes, str(key.created_by)) == (FORM["scopes"], "alice")
    for path in (LIST, page_of(key), page_of(key, "history"), page_of(key, "rotate")):
        assert secret not in office.get(path).content.decode()
    key.secret = secret
    assert with_key(key).get("/api/v1/customers").status_code == 200


def test_sending_the_form_again_makes_no_second_key(office: Client) -> None:
    office.post(ADD, FORM)
    again = office.post(ADD, FORM)
    assert "name" in errors(again)
    assert ApiKey.objects.count() == 1


def test_the_form_says_what_is_wrong(office: Client) -> None:
    past = {"expires_at": "2020-01-01T00:00"}
    page = office.post(ADD, FORM | past | {"scopes": [], "daily_limit": "0"})
    assert set(errors(page)) >= {"scopes", "daily_limit"}
    assert "expires_at" in errors(office.post(ADD, FORM | past))
    assert not ApiKey.objects.exists()


def test_an_hour_that_passes_stays_as_it_was_stored(office: Client) -> None:
    expires_at = timezone.now() + timedelta(days=1)
    key = make_key(scopes=["customers:read"], expires_at=expires_at)
    shown = office.get(page_of(key))
    assert 'type="datetime-local"' in shown.content.decode()
    office.post(page_of(key), filled(shown, name="another name"))
    key.refresh_from_db()
    assert (key.name, key.expires_at) == ("another name", expires_at)


def test_rotating_is_asked_about_and_then_shows_the_new_key(office: Client) -> None:
    key = make_key(scopes=["customers:read"])
    old = with_key(key)
    assert "stops working at once" in text(office.get(page_of(key, "rotate")))
    assert old.get("/api/v1/customers").status_code == 200
    key.secret = key_on(office.post(page_of(key, "rotate")))
    assert old.get("/api/v1/customers").status_code == 401
    assert with_key(key).get("/api/v1/customers").status_code == 200


def test_a_revoked_key_is_shown_and_no_longer_changed(office: Client) -> None:
    key = make_key()
    page = office.post(page_of(key, "revoke"), follow=True)
    assert told(page) == ["The key is revoked."]
    assert "Revoked" in text(page)
    assert page.context["has_change_permission"] is False
    assert [link for link in page.context["actions_detail"] if "rotate" in str(link)] == []
    refused = office.post(page_of(key, "rotate"), follow=True)
    assert told(refused) == ["This key is revoked. Create another one."]
    assert office.post(page_of(key), FORM).status_code == 403


def test_its_page_shows_the_use_per_day(office: Client) -> None:
    key = make_key(daily_limit=40)
    today = timezone.now().date()
    for ago, used in ((0, 7), (3, 20)):
        ApiKeyUse.objects.create(api_key=key, day=today - timedelta(days=ago), used=used)
    page = office.get(page_of(key))
    assert "Today (UTC): 7 of 40 customers. In the last 30 days: 27." in text(page)
    assert 'class="chart"' in page.content.decode()


def test_the_list_tells_weak_expired_and_revoked_keys_apart(office: Client) -> None:
    make_key()
    weak = ApiKey(name="old")
    weak.take("hunter2")
    weak.save()
    make_key().revoke()
    words = text(office.get(LIST))
    assert all(word in words for word in ("Active", "Weak", "Revoked"))
    assert "hunter2" not in words
    assert listed(office.get(f"{LIST}?is_active=False"))[0].is_active is False
    assert len(listed(office.get(f"{LIST}?q=old"))) == 1


def test_a_change_by_somebody_else_is_not_overwritten(office: Client) -> None:
    key = make_key("web shop")
    key.daily_limit = 50
    key.save()
    page = office.post(page_of(key), FORM | {"version": "1", "daily_limit": "10"})
    assert "Somebody else changed this record" in text(page)
    key.refresh_from_db()
    assert key.daily_limit == 50
