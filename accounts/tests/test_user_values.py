"""What a user may be made of, and what is refused."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.make import PASSWORD, make_user
from crm.tests.clients import ApiClient

USERS = "/api/v1/users"
NEWCOMER = {"username": "newcomer", "password": PASSWORD}


def errors(response: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in response.json()["errors"]}


def test_a_user_is_created_with_canonical_values(as_alice: ApiClient, alice: User) -> None:
    given = {
        **NEWCOMER,
        "username": " NewComer ",
        "email": "New@Example.COM",
        "phone": "0412-345 67 89",
        "role": "management",
        "language": "es",
        "time_zone": "America/Caracas",
    }
    response = as_alice.post(USERS, given)
    assert response.status_code == 201
    user = User.objects.get(username="newcomer")
    body = response.json()
    assert response.headers["Location"] == f"{USERS}/{user.pk}"
    assert response.headers["ETag"] == f'"{user.pk}-1"'
    assert (body["email"], body["phone"]) == ("new@example.com", "+584123456789")
    assert (body["role"], body["language"], body["version"]) == ("management", "es", 1)
    assert user.created_by == alice
    assert user.check_password(PASSWORD)


def test_a_newcomer_is_in_sales_and_active(as_alice: ApiClient) -> None:
    body = as_alice.post(USERS, NEWCOMER).json()
    assert (body["role"], body["is_active"], body["email"]) == ("sales", True, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"username": None}, "username"),
        ({"password": None}, "password"),
        ({"password": ""}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": ["x" * 20]}, "password"),
        ({"password": True}, "password"),
        ({"role": "owner"}, "role"),
        ({"role": None}, "role"),
        ({"email": "no address"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"language": "tlh"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "Factory"}, "time_zone"),
        ({"is_active": "perhaps"}, "is_active"),
        ({"is_superuser": True}, "is_superuser"),
        ({"is_staff": True}, "is_staff"),
        ({"id": 7}, "id"),
        ({"uuid": "b7e0a9a4-6f0a-4b8c-9a4e-0c4f1f1a2b3c"}, "uuid"),
        ({"version": 9}, "version"),
        ({"archived_at": None}, "archived_at"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "created_at"),
    ],
    ids=str,
)
def test_values_that_are_bad_or_not_for_clients_are_refused(
    as_alice: ApiClient, sam: User, change: dict[str, Any], field: str
) -> None:
    response = as_alice.post(USERS, NEWCOMER | change)
    assert response.status_code == 422
    assert set(errors(response)) == {field}
    assert not User.objects.filter(username="newcomer").exists()
    response = as_alice.patch(f"{USERS}/{sam.pk}", change)
    assert response.status_code == 422
    assert set(errors(response)) == {field}


def test_a_newcomers_password_may_not_resemble_their_name(as_alice: ApiClient) -> None:
    response = as_alice.post(USERS, NEWCOMER | {"password": "newcomer1234"})
    assert (response.status_code, errors(response)) == (422, {"password": "password_too_similar"})


def test_a_number_is_a_password_when_it_is_long_enough(as_alice: ApiClient, sam: User) -> None:
    path = f"{USERS}/{sam.pk}"
    assert as_alice.patch(path, {"password": 1234567}).status_code == 422
    assert as_alice.patch(path, {"password": 831947560218}).status_code == 200
    sam.refresh_from_db()
    assert sam.check_password("831947560218")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "sam"}, "username"),
        ({"username": "SAM"}, "username"),
        ({"username": "ｓａｍ"}, "username"),
        ({"email": "sam@example.com"}, "email"),
        ({"email": "SAM@Example.Com"}, "email"),
    ],
    ids=str,
)
def test_a_name_or_email_that_is_taken_is_a_conflict(
    as_alice: ApiClient, sue: User, change: dict[str, str], field: str
) -> None:
    make_user("sam", email="sam@example.com")
    for response in (
        as_alice.post(USERS, NEWCOMER | change),
        as_alice.patch(f"{USERS}/{sue.pk}", change),
    ):
        assert response.status_code == 409
        assert errors(response) == {field: "taken"}


def test_a_name_and_an_email_that_are_taken_are_both_named(as_alice: ApiClient, sue: User) -> None:
    make_user("sam", email="sam@example.com")
    both = {"username": "sam", "email": "sam@example.com"}
    for response in (
        as_alice.post(USERS, NEWCOMER | both),
        as_alice.patch(f"{USERS}/{sue.pk}", both),
    ):
        assert response.status_code == 409
        assert errors(response) == {"username": "taken", "email": "taken"}


def test_two_people_may_have_no_email(as_alice: ApiClient) -> None:
    for name in ("one", "two"):
        body = NEWCOMER | {"username": name, "email": ""}
        assert as_alice.post(USERS, body).json()["email"] is None
