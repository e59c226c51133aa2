"""Which passwords are accepted, and how people change their own."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.hashing import CountingHasher
from accounts.tests.make import PASSWORD, make_user
from crm.tests.clients import ApiClient, signed_in

PATH = "/api/v1/auth/password"
NEW = "another long password"


def change(client: ApiClient, new: Any, current: Any = PASSWORD) -> Any:
    return client.post(PATH, {"current_password": current, "new_password": new})


def problem_of(response: Any) -> tuple[int, str, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["field"], error["code"]


@pytest.mark.parametrize(
    "password", ["a" * 11 + "b", "пароль на кириллице", "x🙂" * 64, "   spaces count   "]
)
def test_a_long_password_is_accepted_whatever_it_is_made_of(
    as_sam: ApiClient, sam: User, password: str
) -> None:
    assert change(as_sam, password).status_code == 200
    sam.refresh_from_db()
    assert sam.check_password(password)
    assert not sam.check_password(password[:-1])


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_too_short"),
        ("qwerty123456", "password_too_common"),
        ("sebastian.gomez", "password_too_similar"),
        ("x" * 129, "max_length"),
        ("x" * 100_000, "max_length"),
        ("", "blank"),
        (None, "null"),
        (["x" * 20], "invalid"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(
    db: None, settings: Any, password: Any, code: str
) -> None:
    user = make_user("sebastian.gomez1")
    client = signed_in(user)
    settings.PASSWORD_HASHERS = ["accounts.tests.hashing.CountingHasher"]
    CountingHasher.computed.clear()
    assert problem_of(change(client, password)) == (422, "new_password", code)
    # The current password's, and never the long one's.
    assert len(CountingHasher.computed) <= 1
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("current", ["wrong", PASSWORD.upper(), f"{PASSWORD} "])
def test_it_takes_the_current_password(as_sam: ApiClient, sam: User, current: str) -> None:
    refused = (422, "current_password", "wrong_password")
    assert problem_of(change(as_sam, NEW, current)) == refused
    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)
    assert sam.sessions.filter(revoked_at=None).exists()


def test_the_current_password_may_not_be_left_out(as_sam: ApiClient) -> None:
    response = as_sam.post(PATH, {"new_password": NEW})
    assert problem_of(response) == (422, "current_password", "required")


def test_a_change_is_in_the_history_and_the_hash_is_not(as_sam: ApiClient, sam: User) -> None:
    assert change(as_sam, NEW).status_code == 200
    sam.refresh_from_db()
    newest = sam.history.latest("history_id")
    assert (newest.history_type, newest.actor_name) == ("~", "sam")
    assert not hasattr(newest, "password")


@pytest.mark.parametrize("method", ["patch", "post", "put"])
def test_ones_own_profile_takes_no_password(as_sam: ApiClient, sam: User, method: str) -> None:
    response = getattr(as_sam, method)("/api/v1/auth/me", {"password": NEW})
    assert response.status_code in (405, 422)
    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)
