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
