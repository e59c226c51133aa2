"""One's own account in the back office: profile and password, for every role."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.make import PASSWORD, make_user
from crm.base.models import SecurityEvent
from crm.tests.clients import signed_in
from crm.tests.pages import errors, filled, text

pytestmark = pytest.mark.any_database

PROFILE = "/admin/profile/"
CHANGE = "/admin/password_change/"
NEW = {
    "current_password": PASSWORD,
    "new_password": "another long secret",
    "repeated": "another long secret",
}


@pytest.fixture
def browser(back_office: Callable[[User], Client], sam: User) -> Client:
    return back_office(sam)


@pytest.mark.parametrize("path", [PROFILE, CHANGE])
def test_nobody_signed_in_is_sent_to_the_door(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert response["Location"] == f"/admin/login/?next={path}"


def test_the_menu_leads_there(browser: Client) -> None:
    body = browser.get("/admin/day/").content.decode()
    assert f'href="{PROFILE}"' in body
    assert f'href="{CHANGE}"' in body


@pytest.mark.every_database
def test_the_profile_is_changed(browser: Client, sam: User) -> None:
    typed = {"email": "SAM@x.com", "phone": "0412 1234567", "time_zone": "America/Caracas"}
    response = browser.post(PROFILE, filled(browser.get(PROFILE), **typed, language="es"))
    assert response.status_code == 302
    sam.refresh_from_db()
    assert (sam.email, sam.phone) == ("sam@x.com", "+584121234567")
    assert (sam.time_zone, sam.language) == ("America/Caracas", "es")
    assert sam.history.first().actor_name == "sam"


@pytest.mark.parametrize("field", ["role", "is_active", "username", "password", "archived_at"])
def test_nothing_else_of_it_can_be_set(browser: Client, sam: User, field: str) -> None:
    before = getattr(sam, field)
    browser.post(PROFILE, filled(browser.get(PROFILE)) | {field: "admin", "language": "es"})
    sam.refresh_from_db()
    assert (sam.language, getattr(sam, field)) == ("es", before)


@pytest.mark.every_database
def test_a_taken_email_does_not_tell_whose_it_is(browser: Client) -> None:
    make_user("secret-name", email="taken@x.com")
    page = browser.post(PROFILE, filled(browser.get(PROFILE), email="taken@x.com"))
    assert page.status_code == 200
    assert errors(page) == {"email": "Another record has this value already."}
    assert "secret-name" not in page.content.decode()


def test_bad_values_come_back_with_their_reasons(browser: Client) -> None:
    typed = {"email": "nope", "phone": "12", "time_zone": "Mars/Olympus", "language": "xx"}
    page = browser.post(PROFILE, filled(browser.get(PROFILE), **typed))
    assert set(errors(page)) == {"email", "phone", "time_zone", "language"}


def test_a_change_meanwhile_is_not_overwritten(browser: Client, sam: User) -> None:
    values = filled(browser.get(PROFILE), phone="0412 1234567")
    sam.email = "sam@x.com"
    sam.save()
    page = browser.post(PROFILE, values)
    assert "Somebody else changed this record" in text(page)
    assert [row.label for row in page.context["form"].clashes] == ["Email"]
    browser.post(PROFILE, filled(page))
    sam.refresh_from_db()
    assert (sam.email, sam.phone) == ("sam@x.com", "+584121234567")


def test_the_password_is_changed_and_other_sessions_end(
    browser: Client, back_office: Callable[[User], Client], sam: User
) -> None:
    token, other = signed_in(sam), back_office(sam)
    key = browser.session.session_key
    assert browser.post(CHANGE, NEW).status_code == 302
    assert browser.get("/admin/day/").status_code == 200
    assert browser.session.session_key != key
    assert sam.browser_sessions.get().session_key == browser.session.session_key
    assert other.get("/admin/day/").status_code == 302
    assert token.get("/api/v1/auth/me").status_code == 401
    assert Client().login(username="sam", password="another long secret")
    assert SecurityEvent.objects.get(kind="password_changed").actor_name == "sam"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current_password": "wrong"}, "current_password"),
        ({"current_password": ""}, "current_password"),
        ({"repeated": "other"}, "repeated"),
        ({"new_password": "short", "repeated": "short"}, "new_password"),
    ],
)
def test_a_bad_password_changes_nothing(
    browser: Client, sam: User, typed: dict[str, str], field: str
) -> None:
    page = browser.post(CHANGE, NEW | typed)
    assert (page.status_code, set(errors(page))) == (200, {field})
    assert User.objects.get(pk=sam.pk).check_password(PASSWORD)
    assert PASSWORD not in page.content.decode()


@pytest.mark.every_database
def test_guesses_at_the_current_password_are_limited(browser: Client, sam: User) -> None:
    wrong = NEW | {"current_password": "wrong"}
    assert [browser.post(CHANGE, wrong).status_code for _ in range(10)] == [200] * 10
    page = browser.post(CHANGE, NEW)
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert "Try again in" in errors(page)["current_password"]
    assert User.objects.get(pk=sam.pk).check_password(PASSWORD)
