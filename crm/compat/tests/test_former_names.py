"""People who were taken over sign in at their service with the name they had there."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.login import PER_PERSON_AND_NETWORK
from accounts.models import User
from accounts.tests.make import PASSWORD
from crm.base.models import SecurityEvent
from crm.compat.models import USERNAME, LegacyId

pytestmark = pytest.mark.django_db
MINI, OTHER, OURS = (
    *("/compat/mini-crm/auth/login", "/compat/the-crm-service/auth/token"),
    "/api/v1/auth/login",
)
THEIRS = "their own password of then"


@pytest.fixture
def imported(sam: User) -> User:
    """Return the Sam of Mini CRM, whose name another Sam has here."""
    user = User.objects.create_user("sam-mini-crm", THEIRS)
    LegacyId.objects.create(service="mini-crm", kind=USERNAME, legacy_id="sam", record_id=user.pk)
    return user


def sign_in(address: str, username: str, password: str) -> Any:
    said = {"username": username, "password": password}
    if address == MINI:  # a form
        return Client().post(address, said)
    return Client().post(address, said, content_type="application/json")


@pytest.mark.parametrize("name", ["sam", " SAM ", "sam-mini-crm"])
def test_the_old_name_is_theirs_at_the_service(imported: User, name: str) -> None:
    token = sign_in(MINI, name, THEIRS).json()["access_token"]
    me = Client().get("/compat/mini-crm/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["username"] == imported.username


def test_it_is_nobody_elses_there(imported: User) -> None:
    assert sign_in(MINI, "sam", PASSWORD).status_code == 401


@pytest.mark.parametrize("address", [OURS, OTHER])
def test_it_is_not_theirs_anywhere_else(imported: User, address: str) -> None:
    assert sign_in(address, "sam", THEIRS).status_code in (400, 401)
    assert sign_in(address, "sam", PASSWORD).status_code == 200
    assert sign_in(address, "sam-mini-crm", THEIRS).status_code == 200


def test_whoever_has_no_password_stands_in_nobodys_way(imported: User) -> None:
    imported.set_unusable_password()
    imported.save()
    assert sign_in(MINI, "sam", PASSWORD).status_code == 200


def test_guesses_count_against_whoever_is_meant(imported: User, sam: User) -> None:
    for _ in range(PER_PERSON_AND_NETWORK):
        assert sign_in(MINI, "sam", "a guess").status_code == 401
    assert sign_in(MINI, "sam", THEIRS).status_code == 429
    assert sign_in(OURS, "sam-mini-crm", THEIRS).status_code == 429
    assert sign_in(OURS, "sam", PASSWORD).status_code == 200
    failed = SecurityEvent.objects.filter(kind="login_failed")
    assert set(failed.values_list("actor_name", "user_id")) == {("sam-mini-crm", imported.pk)}


def test_nobody_learns_which_names_there_were(imported: User) -> None:
    answers = []
    for name in ("who begins the network's count", "sam", "nobody"):
        with CaptureQueriesContext(connection) as statements:
            answer = sign_in(MINI, name, "a guess")
        answers.append((answer.status_code, answer.content, len(statements)))
    assert answers[1] == answers[2]
