"""What ends a session, and that it ends everywhere and at once."""

from collections.abc import Callable

import pytest

from accounts.models import AuthSession, User
from accounts.roles import Role
from accounts.tests.browser import Browser, assert_dead
from accounts.tests.make import PASSWORD
from accounts.tests.tokens import ME, claims_of
from crm.base.models import SecurityEvent
from crm.base.trail.fence import unaudited
from crm.tests.clients import ApiClient, signed_in
from crm.tests.routes import METHODS, api_routes

NEW = "another long password"


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()


def delete_past_the_rules(user: User) -> None:
    with unaudited("past the rules"):
        User._base_manager.filter(pk=user.pk).delete()


def end_the_session(user: User) -> None:
    AuthSession.objects.filter(user=user).revoke()


def set_a_password(user: User) -> None:
    user.change_password("!")


ENDINGS = [deactivate, User.archive, delete_past_the_rules, end_the_session, set_a_password]


@pytest.mark.parametrize("end", ENDINGS)
def test_what_ends_a_session_ends_it_on_the_next_request(
    sam: User, end: Callable[[User], None]
) -> None:
    browser = Browser(sam)
    assert browser.works()
    end(sam)
    assert_dead(browser)


@pytest.mark.parametrize("end", ENDINGS)
def test_an_ended_session_is_refused_by_every_endpoint(
    sam: User, end: Callable[[User], None]
) -> None:
    client = signed_in(sam)
    end(sam)
    public = ("auth/login", "auth/refresh", "photos/{token}", "v1/register")
    closed = [route for route in api_routes() if not route.path.endswith(public)]
    assert len(closed) > 10
    for route in closed:
        pk = "customer-1" if "audit-logs" in route.path else 1
        path = route.at(pk=pk, phone="1", token="x", rest="x", payment=1, history_id=1)
        statuses = {client.generic(method, path).status_code for method in METHODS}
        assert statuses == {401}, path


def test_somebody_reactivated_has_to_sign_in_again(sam: User) -> None:
    browser = Browser(sam)
    deactivate(sam)
    sam.is_active = True
    sam.save()
    assert_dead(browser)


def test_a_role_taken_away_is_gone_on_the_next_request(alice: User, as_alice: ApiClient) -> None:
    User.objects.create_user("second", role=Role.ADMIN)
    assert as_alice.get("/api/v1/users").status_code == 200
    alice.role = Role.SALES
    alice.save()
    assert as_alice.get("/api/v1/users").status_code == 403
    assert as_alice.get(ME).json()["role"] == "sales"


def test_signing_out_ends_this_session_and_no_other(sam: User) -> None:
    phone, laptop = Browser(sam), Browser(sam)
    assert phone.api.post("/api/v1/auth/logout").status_code == 204
    assert_dead(phone)
    assert laptop.works()
    assert SecurityEvent.objects.get(kind="logout").user_id == sam.pk


def test_a_new_password_ends_the_other_sessions_and_gives_this_one_new_tokens(sam: User) -> None:
    here, elsewhere = Browser(sam), Browser(sam)
    body = {"current_password": PASSWORD, "new_password": NEW}
    response = here.api.post("/api/v1/auth/password", body)
    assert response.status_code == 200
    assert_dead(here)
    assert_dead(elsewhere)
    here.take(response.json())
    assert here.works()
    assert here.refresh().status_code == 200
    assert SecurityEvent.objects.get(kind="password_changed").user_id == sam.pk


def test_a_password_set_by_an_admin_ends_every_session(sam: User, as_alice: ApiClient) -> None:
    browsers = Browser(sam), Browser(sam)
    assert as_alice.patch(f"/api/v1/users/{sam.pk}", {"password": NEW}).status_code == 200
    for browser in browsers:
        assert_dead(browser)
    assert as_alice.get(ME).status_code == 200


def test_the_database_holds_no_token(sam: User) -> None:
    browser = Browser(sam)
    stored = " ".join(map(str, AuthSession.objects.values_list().get()))
    signature = browser.fresh.rpartition(".")[2]
    assert browser.fresh not in stored
    assert signature not in stored
    assert claims_of(browser.fresh)["jti"] in stored


def test_a_token_tells_nothing_but_whose_session_it_is(sam: User) -> None:
    browser = Browser(sam)
    expected = {"token_type", "exp", "iat", "jti", "iss", "sub", "sid"}
    assert set(claims_of(browser.access)) == set(claims_of(browser.fresh)) == expected
