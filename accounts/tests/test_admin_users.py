"""Users in the back office: for administrators only."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.db import transaction
from django.test import Client

from accounts import admin_forms
from accounts.models import BrowserSession, User, hash_of
from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_user
from accounts.tokens import open_session
from crm.base.models import SecurityEvent
from crm.tests.clients import signed_in
from crm.tests.pages import errors, filled, listed, text, told

pytestmark = pytest.mark.any_database

LIST = "/admin/accounts/user/"
ADD = f"{LIST}add/"
NEW = {"username": "Eva", "password": PASSWORD, "repeated": PASSWORD}
Login = Callable[[User], Client]


def page_of(user: User, name: str = "change") -> str:
    return f"{LIST}{user.pk}/{name}/"


@pytest.fixture
def browser(back_office: Login, alice: User) -> Client:
    return back_office(alice)


@pytest.mark.parametrize("role", [Role.MANAGEMENT, Role.SALES])
def test_nobody_else_gets_in(back_office: Login, sam: User, role: Role) -> None:
    other = make_user("other", role=role)
    client = back_office(other)
    for path in (LIST, ADD, page_of(other), page_of(other, "history")):
        assert client.get(path).status_code == 403
        assert client.post(path, NEW).status_code in (403, 405)
    for name in ("change", "history", "password", "end-sessions", "archive"):
        assert client.get(page_of(sam, name)).status_code in (403, 404)
    assert "Users" not in text(client.get("/admin/"))
    assert User.objects.count() == 2


@pytest.mark.every_database
def test_the_list_tells_who_there_is(browser: Client, alice: User, sam: User) -> None:
    sam.email = "sam@x.com"
    sam.save()
    make_user("gone").archive()
    page = browser.get(LIST)
    assert [user.username for user in listed(page)] == ["sam", "alice"]
    assert "sam@x.com" in text(page)
    assert "Administrator" in text(page)
    assert [user.username for user in listed(browser.get(f"{LIST}?q=SAM%40X"))] == ["sam"]
    assert [user.username for user in listed(browser.get(f"{LIST}?role=admin"))] == ["alice"]
    assert listed(browser.get(f"{LIST}?is_active=False")) == []
    assert [user.username for user in listed(browser.get(f"{LIST}?archived=yes"))] == ["gone"]
    assert browser.get(f"{LIST}?password__startswith=a").status_code == 302


def test_it_adds_a_user_who_can_sign_in(browser: Client) -> None:
    values = filled(browser.get(ADD), **NEW, role="management", time_zone="America/Caracas")
    assert browser.post(ADD, values).status_code == 302
    eva = User.objects.get(username="eva")
    assert (eva.role, eva.time_zone, eva.is_active) == (Role.MANAGEMENT, "America/Caracas", True)
    assert Client().login(username="eva", password=PASSWORD)


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"repeated": "another long secret"}, "repeated", "differ"),
        ({"password": "short", "repeated": "short"}, "password", "too short"),
        ({"password": "password1234", "repeated": "password1234"}, "password", "too common"),
        ({"password": "eva-eva-eva-x", "username": "eva-eva-eva"}, "repeated", "differ"),
        ({"password": "eva-eva-eva-", "repeated": "eva-eva-eva-"} | {"username": "eva-eva-eva"},
         "password", "too similar"),
        ({"password": "x" * 129, "repeated": "x" * 129}, "password", "128"),
        ({"password": "", "repeated": ""}, "password", "required"),
        ({"password": "nul\x00" + PASSWORD, "repeated": "nul\x00" + PASSWORD}, "password", "Null"),
        ({"username": "sam"}, "username", "has this already"),
        ({"username": "SAM"}, "username", "has this already"),
        ({"username": "a b"}, "username", "valid username"),
        ({"role": "root"}, "role", "valid choice"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "valid choice"),
        ({"language": "xx"}, "language", "valid choice"),
        ({"email": "nope"}, "email", "valid email"),
    ],
)  # fmt: skip
def test_a_bad_value_comes_back_with_its_reason(
    browser: Client, sam: User, typed: dict[str, str], field: str, message: str
) -> None:
    page = browser.post(ADD, {**filled(browser.get(ADD), **NEW), **typed})
    assert page.status_code == 200
    assert message in errors(page)[field]
    assert User.objects.count() == 2
    assert PASSWORD not in page.content.decode()


def test_a_password_is_hashed_before_the_transaction_opens(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths = []

    def watched(*args: Any, **options: Any) -> str:
        depths.append(len(transaction.get_connection().savepoint_ids))
        return hash_of(*args, **options)

    monkeypatch.setattr(admin_forms, "hash_of", watched)
    outside = len(transaction.get_connection().savepoint_ids)
    browser.post(ADD, filled(browser.get(ADD), **NEW))
    assert depths == [outside]


def test_who_may_not_add_costs_no_hash(
    back_office: Login, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_forms, "hash_of", lambda *args, **options: pytest.fail("hashed"))
    assert back_office(sam).post(ADD, NEW).status_code == 403


def test_it_changes_a_user(browser: Client, sam: User) -> None:
    token = signed_in(sam)
    values = filled(browser.get(page_of(sam)), role="management", phone="0412 1234567")
    assert browser.post(page_of(sam), values).status_code == 302
    sam.refresh_from_db()
    assert (sam.role, sam.phone) == (Role.MANAGEMENT, "+584121234567")
    assert token.get("/api/v1/auth/me").status_code == 200


def test_a_deactivated_user_is_out_everywhere(
    browser: Client, back_office: Login, sam: User
) -> None:
    token, his = signed_in(sam), back_office(sam)
    values = filled(browser.get(page_of(sam)))
    del values["is_active"]
    assert browser.post(page_of(sam), values).status_code == 302
    assert token.get("/api/v1/auth/me").status_code == 401
    assert his.get("/admin/").status_code == 302
    browser.post(page_of(sam), filled(browser.get(page_of(sam)), is_active="on"))
    assert User.objects.get(pk=sam.pk).is_active


@pytest.mark.every_database
@pytest.mark.parametrize("change", [{"role": "sales"}, {"is_active": False}])
def test_the_last_admin_stays(browser: Client, alice: User, change: dict[str, Any]) -> None:
    page = browser.post(page_of(alice), filled(browser.get(page_of(alice)), **change))
    assert page.status_code == 200
    assert "last active administrator" in errors(page)[""]
    assert User.objects.active_admins().get() == alice


@pytest.mark.every_database
def test_the_last_admin_is_not_archived(browser: Client, alice: User) -> None:
    page = browser.post(page_of(alice, "archive"), follow=True)
    assert "last active administrator" in told(page)[0]
    post = {"action": "archive_selected", "index": "0", "_selected_action": [str(alice.pk)]}
    page = browser.post(LIST, post, follow=True)
    assert "last active administrator" in told(page)[0]
    assert User.objects.active_admins().get() == alice


def test_a_new_password_ends_every_session(browser: Client, back_office: Login, sam: User) -> None:
    token, his = signed_in(sam), back_office(sam)
    new = {"new_password": "another long secret", "repeated": "another long secret"}
    page = browser.get(page_of(sam, "password"))
    assert "Set password: sam" in text(page)
    assert f'href="{page_of(sam)}">Cancel</a>' in page.content.decode()
    response = browser.post(page_of(sam, "password"), new)
    assert (response.status_code, response["Location"]) == (302, page_of(sam))
    assert token.get("/api/v1/auth/me").status_code == 401
    assert his.get("/admin/").status_code == 302
    assert User.objects.get(pk=sam.pk).check_password("another long secret")
    event = SecurityEvent.objects.get(kind="password_set")
    assert (event.actor_name, event.details) == ("alice", {"of": "sam"})
    assert "another" not in text(browser.get(page_of(sam, "history")))


def test_an_admin_who_sets_their_own_password_stays(browser: Client, alice: User) -> None:
    new = {"new_password": "another long secret", "repeated": "another long secret"}
    browser.post(page_of(alice, "password"), new)
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("new", "repeated", "field"),
    [
        ("another long secret", "other", "repeated"),
        ("short", "short", "new_password"),
        ("samsamsamsam", "samsamsamsam", "new_password"),
        ("short", "", "repeated"),
    ],
)
def test_a_weak_password_is_refused(browser: Client, new: str, repeated: str, field: str) -> None:
    sam = make_user("samsamsamsam")
    page = browser.post(page_of(sam, "password"), {"new_password": new, "repeated": repeated})
    assert (page.status_code, set(errors(page))) == (200, {field})
    assert User.objects.get(pk=sam.pk).check_password(PASSWORD)


def test_an_archived_users_password_is_not_set(browser: Client, sam: User) -> None:
    sam.archive()
    new = {"new_password": "another long secret", "repeated": "another long secret"}
    page = browser.post(page_of(sam, "password"), new)
    assert page.status_code == 403 or "archived" in errors(page)[""]
    assert not User.objects.get(pk=sam.pk).check_password("another long secret")


@pytest.mark.every_database
def test_open_sessions_of_browsers_and_programs_are_shown(
    back_office: Login, alice: User, sam: User, clock: Any
) -> None:
    def sign_in(device: str) -> None:
        client = Client(REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT=device)
        client.post("/admin/login/", {"username": "sam", "password": PASSWORD})

    sign_in("left open yesterday")
    clock.shift(timedelta(hours=13))
    sign_in("Firefox <i>")
    clock.shift(timedelta(minutes=5))
    open_session(sam, "shop <b>")
    page = back_office(alice).get(page_of(sam))
    shown = text(page)
    assert "Program 01/01/2030 1:05 p.m. 01/01/2030 1:05 p.m. shop <b>" in shown
    assert "Browser 01/01/2030 1 p.m. 01/01/2030 1 p.m. 192.0.2.7 Firefox <i>" in shown
    assert shown.index("Program") < shown.index("Browser")
    assert "yesterday" not in shown
    assert not {"<b>", "<i>"} & set(re.findall("<[bi]>", page.content.decode()))
    for session in BrowserSession.objects.filter(user=sam):
        assert session.session_key not in page.content.decode()


@pytest.mark.every_database
def test_ending_sessions_ends_browsers_and_programs_at_once(
    browser: Client, back_office: Login, sam: User, sue: User
) -> None:
    laptop, phone, hers = back_office(sam), back_office(sam), back_office(sue)
    program = signed_in(sam)
    question = text(browser.get(page_of(sam, "end-sessions")))
    assert "End sessions: sam Every browser and every program" in question
    assert laptop.get("/admin/day/").status_code == 200
    assert told(browser.post(page_of(sam, "end-sessions"), follow=True)) == [
        "All their sessions have ended."
    ]
    for his in (laptop, phone):
        assert his.get("/admin/day/")["Location"] == "/admin/login/?next=/admin/day/"
    assert program.get("/api/v1/auth/me").status_code == 401
    assert not sam.sessions.filter(revoked_at=None).exists()
    assert not sam.browser_sessions.exists()
    event = SecurityEvent.objects.get(kind="sessions_ended")
    assert (event.actor_name, event.details) == ("alice", {"of": "sam"})
    assert hers.get("/admin/day/").status_code == 200
    assert browser.get("/admin/").status_code == 200


def test_an_admin_who_ends_their_own_sessions_keeps_the_one_in_front_of_them(
    browser: Client, back_office: Login, alice: User
) -> None:
    other, program = back_office(alice), signed_in(alice)
    assert "This browser stays signed in." in text(browser.get(page_of(alice, "end-sessions")))
    assert told(browser.post(page_of(alice, "end-sessions"), follow=True)) == [
        "All your other sessions have ended."
    ]
    assert browser.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    assert program.get("/api/v1/auth/me").status_code == 401
    assert alice.browser_sessions.get().session_key == browser.session.session_key


def test_no_hash_reaches_a_page(browser: Client, alice: User, sam: User) -> None:
    assert is_password_usable(sam.password)
    for path in (LIST, page_of(sam), page_of(sam, "history"), page_of(sam, "password")):
        assert sam.password not in browser.get(path).content.decode()


def test_groups_and_permissions_have_no_pages(browser: Client) -> None:
    assert browser.get("/admin/auth/group/").status_code == 404
    assert browser.get("/admin/auth/").status_code == 404
