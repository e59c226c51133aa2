"""001, the Mini CRM: signing in, oneself, and the users whom administrators look after."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from rest_framework_simplejwt.tokens import UntypedToken

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_key, make_user
from crm.compat.tests.mini_crm_page import (
    FORBIDDEN,
    LEADS,
    ROOT,
    USERS,
    as_person,
    know,
    missing,
    place,
    shown,
    told,
)
from crm.tests.clients import ApiClient, signed_in, with_key
from leads.tests.make import make_lead

LOGIN = f"{ROOT}/auth/login"
FORM = "application/x-www-form-urlencoded"
WRONG = "Incorrect username or password"
NEW: dict[str, Any] = {"username": "pablo", "password": PASSWORD, "role": "sales"}


@pytest.fixture
def alices(alice: User) -> ApiClient:
    """What alice, an administrator, signs in with."""
    return as_person(alice)


def login(api: ApiClient, name: str = "sam", password: str = PASSWORD) -> Any:
    return api.post(LOGIN, f"username={name}&password={password}", content_type=FORM)


def user_out(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "email": user.email,
        "role": user.role,
        "is_active": user.is_active,
        "created_at": shown(user.created_at),
        "updated_at": shown(user.updated_at),
    }


# --- Signing in ----------------------------------------------------------------------------------


def test_it_welcomes_and_is_healthy(db: None, api: ApiClient) -> None:
    welcome = {"message": "Welcome to Mini CRM API", "docs": "/docs", "version": settings.VERSION}
    assert api.get(f"{ROOT}/").json() == api.get(ROOT).json() == welcome
    assert api.get(f"{ROOT}/health").json() == {"status": "healthy"}


def test_a_token_has_the_claims_of_old(sam: User, api: ApiClient) -> None:
    know("user", sam, 31)
    response = login(api)
    assert (response.status_code, response.json()["token_type"]) == (200, "bearer")
    assert set(response.json()) == {"access_token", "token_type"}
    token: Any = UntypedToken(response.json()["access_token"], verify=False)
    claims = {name: token[name] for name in ("sub", "user_id", "role")}
    assert claims == {"sub": "sam", "user_id": 31, "role": "sales"}
    assert token["exp"] - token["iat"] == 24 * 3600
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['access_token']}")
    assert api.get(f"{ROOT}/auth/me").json() == user_out(sam) | {"id": 31}


def leave(user: User) -> None:
    user.is_active = False
    user.save()


def test_who_is_wrong_or_inactive_is_told_the_same(sam: User, sue: User, api: ApiClient) -> None:
    leave(sue)
    for response in (login(api, "nobody"), login(api, "sue"), login(api, password="wrong")):
        assert told(response) == (401, WRONG)
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_login_without_a_password_is_a_422(db: None, api: ApiClient) -> None:
    response = api.post(LOGIN, "username=sam", content_type=FORM)
    assert place(response) == (422, ["body", "password"])


def test_too_many_guesses_are_a_429_with_a_text(sam: User, api: ApiClient) -> None:
    answers = [login(api, password="wrong") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert isinstance(answers[-1].json()["detail"], str)
    assert answers[-1].headers["Retry-After"]
    assert "WWW-Authenticate" not in answers[-1].headers


def test_without_a_token_one_is_not_authenticated(db: None, api: ApiClient) -> None:
    response = api.get(f"{ROOT}/auth/me")
    assert told(response) == (401, "Not authenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_bad_token_or_an_inactive_users_is_not_valid(sam: User, api: ApiClient) -> None:
    sams = as_person(sam)
    leave(sam)
    api.credentials(HTTP_AUTHORIZATION="Bearer a.b.c")
    for client in (sams, api):
        response = client.get(f"{ROOT}/auth/me")
        assert told(response) == (401, "Could not validate credentials")
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_lasts_a_day(sam: User) -> None:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False) as clock:
        client = as_person(sam)
        clock.shift(timedelta(hours=23, minutes=59))
        assert client.get(LEADS).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert told(client.get(LEADS)) == (401, "Could not validate credentials")


def test_its_tokens_open_nothing_else_and_no_other_opens_it(sam: User) -> None:
    assert as_person(sam).get("/api/v1/leads").status_code == 401
    assert signed_in(sam).get(LEADS).status_code == 401


def test_a_key_is_nobody(db: None) -> None:
    assert told(with_key(make_key()).get(f"{ROOT}/auth/me")) == (403, FORBIDDEN["detail"])


# --- Users ---------------------------------------------------------------------------------------


def test_a_user_is_created_and_read(alices: ApiClient) -> None:
    response = alices.post(USERS, NEW | {"is_superuser": True, "id": 7})
    user = User.objects.get(username="pablo")
    assert (response.status_code, response.json()) == (201, user_out(user))
    assert (user.email, user.is_active, user.check_password(PASSWORD)) == (None, True, True)
    assert alices.get(f"{USERS}{user.pk}").json() == user_out(user)


def test_users_are_listed_by_their_numbers(alice: User, alices: ApiClient) -> None:
    users = [alice, *(make_user(name) for name in ("zoe", "bob"))]
    leave(users[1])
    make_user("gone").archive()
    assert alices.get(USERS).json() == [user_out(user) for user in users]
    assert alices.get(f"{USERS}?skip=1&limit=1").json() == [user_out(users[1])]


@pytest.mark.parametrize("query", ["skip=-1", "limit=0", "limit=101", "limit=x", "skip=1.5"])
def test_a_window_that_is_none_is_a_422(alices: ApiClient, query: str) -> None:
    for address in (USERS, f"{ROOT}/clients/", LEADS, f"{ROOT}/leads/advanced-search"):
        assert place(alices.get(f"{address}?{query}")) == (422, ["query", query.partition("=")[0]])


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"username": "ab"}, "username"),
        ({"username": "x" * 51}, "username"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"role": "boss"}, "role"),
        ({"role": None}, "role"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_what_is_not_valid_is_a_422(alices: ApiClient, changes: Any, where: str) -> None:
    assert place(alices.post(USERS, NEW | changes)) == (422, ["body", where])


@pytest.mark.parametrize("field", ["username", "password", "role"])
def test_what_is_missing_is_a_422(alices: ApiClient, field: str) -> None:
    form = {name: value for name, value in NEW.items() if name != field}
    assert place(alices.post(USERS, form)) == (422, ["body", field])


def test_a_taken_name_or_email_is_a_400(alices: ApiClient) -> None:
    alices.post(USERS, NEW | {"email": "p@example.org"})
    taken = alices.post(USERS, NEW | {"username": "Pablo"})
    assert told(taken) == (400, "Username 'Pablo' already exists")
    other = {"username": "other", "email": "P@example.org"}
    assert told(alices.post(USERS, NEW | other)) == (400, "Email 'P@example.org' already exists")


def test_a_user_is_changed_and_null_clears_what_may_be_null(sam: User, alices: ApiClient) -> None:
    sam.email = "sam@example.org"
    sam.save()
    nulls = dict.fromkeys(("email", "username", "role", "is_active", "password"))
    response = alices.patch(f"{USERS}{sam.pk}", nulls)
    sam.refresh_from_db()
    assert (response.status_code, response.json()) == (200, user_out(sam))
    kept = {"email": None, "username": "sam", "role": "sales", "is_active": True}
    assert kept.items() <= response.json().items()
    changes = {"role": "management", "is_active": "true", "password": "another long secret"}
    assert alices.patch(f"{USERS}{sam.pk}/", changes).json()["role"] == "management"
    sam.refresh_from_db()
    assert sam.check_password("another long secret")


def test_a_name_made_elsewhere_may_be_sent_back(alices: ApiClient) -> None:
    user = make_user("x" * 60)
    unchanged = {"username": user.username, "role": "management"}
    assert alices.patch(f"{USERS}{user.pk}", unchanged).status_code == 200


def test_open_leads_do_not_stop_a_deactivation(sam: User, alices: ApiClient) -> None:
    lead = make_lead(assigned_to=sam)
    assert alices.patch(f"{USERS}{sam.pk}", {"is_active": False}).json()["is_active"] is False
    lead.refresh_from_db()
    assert lead.assigned_to is None


def test_a_user_is_deleted_once(sam: User, alices: ApiClient) -> None:
    make_lead(assigned_to=sam)
    path = f"{USERS}{sam.pk}"
    response = alices.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert told(alices.get(path)) == (404, "User not found")
    assert alices.delete(path).json() == missing("User", sam.pk)


def test_ones_own_account_stays(alice: User, alices: ApiClient) -> None:
    make_user(role=Role.ADMIN)
    own = alices.delete(f"{USERS}{alice.pk}")
    assert told(own) == (400, "Cannot delete your own account")


def test_who_is_not_there_is_a_404_of_either_form(alices: ApiClient) -> None:
    assert told(alices.get(f"{USERS}999")) == (404, "User not found")
    for response in (alices.patch(f"{USERS}999", {}), alices.delete(f"{USERS}999")):
        assert (response.status_code, response.json()) == (404, missing("User", 999))


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5"])
def test_what_is_no_number_is_a_422(alices: ApiClient, number: str) -> None:
    for name in ("users", "clients", "leads"):
        path = f"{ROOT}/{name}/{number}"
        for response in (alices.get(path), alices.patch(path, {}), alices.delete(path)):
            assert place(response) == (422, ["path", "id"])


def test_only_administrators_may(maria: User, sam: User) -> None:
    for user in (maria, sam):
        client, path = as_person(user), f"{USERS}{sam.pk}"
        for response in (
            client.get(USERS),
            client.post(USERS, NEW),
            client.get(path),
            client.patch(path, {"role": "admin"}),
            client.delete(path),
        ):
            assert (response.status_code, response.json()) == (403, FORBIDDEN)


def test_an_imported_user_keeps_their_number(alices: ApiClient) -> None:
    one, two = make_user("one"), make_user("two")
    know("user", one, 900)
    know("user", two, one.pk)  # which is shown as somebody else's now
    assert alices.get(f"{USERS}900").json() == user_out(one) | {"id": 900}
    assert alices.get(f"{USERS}{one.pk}").json() == user_out(two) | {"id": one.pk}
    assert alices.get(f"{USERS}{two.pk}").status_code == 404
    assert [user["id"] for user in alices.get(USERS).json()][1:] == [900, one.pk]


# --- What was broken -----------------------------------------------------------------------------


def test_defect_an_admin_could_demote_itself_and_lock_everybody_out(
    alice: User, alices: ApiClient
) -> None:
    for changes in ({"role": "sales"}, {"is_active": False}):
        response = alices.patch(f"{USERS}{alice.pk}", changes)
        assert (response.status_code, type(response.json()["detail"])) == (409, str)
    alice.refresh_from_db()
    assert (alice.role, alice.is_active) == (Role.ADMIN, True)


def test_defect_a_user_with_a_history_could_not_be_deleted(sam: User, alices: ApiClient) -> None:
    lead = as_person(sam).post(LEADS, {"client_id": a_client(sam), "channel": "web"}).json()
    assert alices.delete(f"{USERS}{sam.pk}").status_code == 204
    assert alices.get(f"{LEADS}{lead['id']}").json()["created_by"]["username"] == "sam"


def a_client(user: User) -> int:
    form = {"client_type": "natural", "contact_name": "Ana"}
    return int(as_person(user).post(f"{ROOT}/clients/", form).json()["id"])
