"""Admins manage users over the API; nobody else sees them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_user
from crm.tests.clients import ApiClient

USERS = "/api/v1/users"
PUBLIC = {
    *("id", "uuid", "username", "email", "role", "is_active", "phone", "language", "time_zone"),
    *("created_at", "updated_at", "archived_at", "version"),
}
NEWCOMER = {"username": "newcomer", "password": PASSWORD}


def names(response: Any) -> list[str]:
    assert response.status_code == 200, response.json()
    return [user["username"] for user in response.json()["results"]]


def errors(response: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in response.json()["errors"]}


def test_the_list_shows_everybody_live_by_age_and_no_password(
    as_alice: ApiClient, sam: User
) -> None:
    make_user("gone").archive()
    response = as_alice.get(USERS)
    assert names(response) == ["alice", "sam"]
    assert {frozenset(user) for user in response.json()["results"]} == {frozenset(PUBLIC)}
    assert sam.password not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"role": "sales"}, ["sam", "sue"]),
        ({"role": "admin"}, ["alice"]),
        ({"is_active": "false"}, ["sue"]),
        ({"archived": "true"}, ["gone"]),
        ({"search": "SÁM"}, ["sam"]),
        ({"search": "sam@example"}, ["sam"]),
        ({"search": "0412 1112233"}, ["sue"]),
        ({"search": "nobody"}, []),
        ({"ordering": "-username"}, ["sue", "sam", "alice"]),
        ({"ordering": "username", "role": "sales"}, ["sam", "sue"]),
        ({"ordering": "created_at"}, ["alice", "sam", "sue"]),
    ],
    ids=str,
)
def test_the_list_is_narrowed_and_ordered(
    as_alice: ApiClient, query: dict[str, str], expected: list[str]
) -> None:
    make_user("sam", email="sam@example.com")
    make_user("sue", phone="+584121112233", is_active=False)
    make_user("gone").archive()
    assert names(as_alice.get(USERS, query)) == expected


def test_pages_hold_everybody_once(as_alice: ApiClient) -> None:
    for number in range(6):
        make_user(f"person{number}")
    seen, path = [], f"{USERS}?page_size=3&count=true&ordering=-id"
    while path:
        page = as_alice.get(path)
        seen += names(page)
        assert page.json()["count"] == 7
        path = page.json()["next"]
    assert seen == [*(f"person{number}" for number in range(5, -1, -1)), "alice"]


@pytest.mark.parametrize(
    "query",
    [
        *("role=boss", "is_active=maybe", "ordering=password", "ordering=email", "page_size=0"),
        *("page_size=201", "cursor=x", "password=x", "username=sam", "role=sales&role=admin"),
        "password__startswith=md5",
    ],
)
def test_a_query_it_does_not_know_is_refused(as_alice: ApiClient, query: str) -> None:
    response = as_alice.get(f"{USERS}?{query}")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (
        400,
        query.partition("=")[0],
    )


def test_a_user_is_created_with_canonical_values(as_alice: ApiClient, alice: User) -> None:
    given = {
        **NEWCOMER,
        **{"username": " NewComer ", "email": "New@Example.COM", "phone": "0412-345 67 89"},
        **{"role": "management", "language": "es", "time_zone": "America/Caracas"},
    }
    response = as_alice.post(USERS, given)
    assert response.status_code == 201
    user = User.objects.get(username="newcomer")
    body = response.json()
    assert set(body) == PUBLIC
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


def test_two_people_may_have_no_email(as_alice: ApiClient) -> None:
    for name in ("one", "two"):
        body = NEWCOMER | {"username": name, "email": ""}
        assert as_alice.post(USERS, body).json()["email"] is None


def test_one_user_has_an_entity_tag(as_alice: ApiClient, sam: User) -> None:
    response = as_alice.get(f"{USERS}/{sam.pk}")
    assert response.headers["ETag"] == f'"{sam.pk}-1"'
    assert set(response.json()) == PUBLIC
    created = datetime.fromisoformat(response.json()["created_at"])
    assert created.tzinfo == UTC
    assert response.json()["created_at"].endswith("Z")


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 18, "9" * 30, "abc", "-1", "1.5", "٣", "%00"])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_an_id_that_nobody_has_is_not_found(as_alice: ApiClient, pk: str, method: str) -> None:
    response = getattr(as_alice, method)(f"{USERS}/{pk}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("role", [Role.MANAGEMENT, Role.SALES])
def test_nobody_but_admins_may_see_or_touch_users(
    role: Role, sue: User, as_user: Any, api: ApiClient
) -> None:
    me = make_user(role=role)
    client = as_user(me)
    for user in (me, sue):
        path = f"{USERS}/{user.pk}"
        answers = [
            *(client.get(USERS), client.get(path), client.get(f"{path}/history")),
            *(client.post(USERS, NEWCOMER), client.patch(path, {"role": "admin"})),
            *(client.delete(path), client.post(f"{path}/restore")),
        ]
        assert {answer.status_code for answer in answers} == {403}
        assert api.get(path).status_code == 401
    assert User.objects.filter(role=role, archived_at=None).count() >= 1
    # The same for who does not exist, so that ids cannot be guessed.
    assert client.get(f"{USERS}/999999").status_code == 403


def test_those_who_can_be_given_work_are_listed_for_those_who_give_it(
    as_maria: ApiClient, as_sam: ApiClient
) -> None:
    make_user("inactive", is_active=False)
    make_user("gone").archive()
    response = as_maria.get("/api/v1/users/assignable")
    assert names(response) == ["maria", "sam"]
    assert {frozenset(user) for user in response.json()["results"]} == {
        frozenset({"id", "username", "role"})
    }
    assert names(as_maria.get("/api/v1/users/assignable?role=sales")) == ["sam"]
    assert as_sam.get("/api/v1/users/assignable").status_code == 403
