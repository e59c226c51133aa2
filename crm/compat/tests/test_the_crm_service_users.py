"""002, The CRM Service: its users, whom administrators look after."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_user
from crm.compat.tests.clients import signed_in_at
from crm.compat.the_crm_service import SERVICE
from crm.tests.clients import ApiClient

ROOT = "/compat/the-crm-service"
USERS = f"{ROOT}/users"
NOT_PERMITTED = {"detail": "The current user has not permission for this resource."}


@pytest.fixture
def alices(alice: User) -> ApiClient:
    return signed_in_at(SERVICE, alice)


def create(client: ApiClient, **values: Any) -> Any:
    return client.post(USERS, {"username": "pablo", "password": PASSWORD} | values)


def path(user: User) -> str:
    return f"{USERS}/{user.uuid}"


@pytest.mark.parametrize(
    ("sent", "role"),
    [({}, Role.SALES), ({"is_admin": False}, Role.SALES), ({"is_admin": "true"}, Role.ADMIN)],
)
def test_a_user_is_created(alices: ApiClient, sent: dict[str, Any], role: str) -> None:
    response = create(alices, role="admin", is_superuser=True, **sent)
    user = User.objects.get(username="pablo")
    assert (response.status_code, response.json()) == (201, {"id": str(user.uuid)})
    assert (user.role, user.check_password(PASSWORD)) == (role, True)


def test_a_taken_name_is_a_400(alices: ApiClient) -> None:
    create(alices)
    again = create(alices, username="Pablo")
    assert (again.status_code, again.json()) == (400, {"detail": "Username already exists."})


def test_only_administrators_may(maria: User, sam: User) -> None:
    for user in (maria, sam):
        client = signed_in_at(SERVICE, user)
        answers = [
            client.get(USERS),
            create(client),
            client.patch(path(sam), {"is_admin": True}),
            client.delete(path(maria)),
        ]
        for response in answers:
            assert (response.status_code, response.json()) == (403, NOT_PERMITTED)


def test_a_list_hides_whom_it_is_asked_to(alice: User, alices: ApiClient) -> None:
    make_user("former").archive()
    make_user("pablo")

    def names(query: str = "") -> list[str]:
        return [item["username"] for item in alices.get(f"{USERS}{query}").json()["items"]]

    assert names() == ["alice", "former", "pablo"]
    assert names("?only_users=true") == ["former", "pablo"]
    assert names("?only_actives=true") == ["alice", "pablo"]
    assert names("?only_users=true&only_actives=true") == ["pablo"]
    assert alices.get(f"{USERS}?page=2&size=2").json() == {
        "items": [item_of(User.objects.get(username="pablo"))],
        "total": 3,
        "page": 2,
        "size": 2,
    }


def item_of(user: User) -> dict[str, Any]:
    return {
        "id": str(user.uuid),
        "username": user.username,
        "is_admin": user.role == Role.ADMIN,
        "dt_created": user.created_at.isoformat(),
        "dt_updated": user.updated_at.isoformat(),
        "dt_deleted": user.archived_at.isoformat() if user.archived_at else None,
    }


def test_a_user_is_changed(sam: User, alices: ApiClient) -> None:
    changes = {"username": "samuel", "password": "another long secret", "is_admin": "true"}
    response = alices.patch(path(sam), changes)
    assert (response.status_code, response.content) == (204, b"")
    sam.refresh_from_db()
    assert (sam.username, sam.role) == ("samuel", Role.ADMIN)
    assert sam.check_password("another long secret")


def test_who_is_no_administrator_stays_what_they_are(maria: User, alices: ApiClient) -> None:
    boss = make_user(role=Role.ADMIN)
    for user, role in ((maria, Role.MANAGEMENT), (boss, Role.SALES)):
        assert alices.patch(path(user), {"is_admin": False}).status_code == 204
        user.refresh_from_db()
        assert user.role == role


def test_a_patch_deletes_and_restores(sam: User, alices: ApiClient) -> None:
    for deleted in ("2021-11-13 22:21:00", None):
        assert alices.patch(path(sam), {"dt_deleted": deleted}).status_code == 204
        sam.refresh_from_db()
        assert sam.is_active == (deleted is None)
        assert bool(sam.archived_at) == bool(deleted)


def test_deleting_is_soft_and_repeatable(sam: User, alices: ApiClient) -> None:
    assert [alices.delete(path(sam)).status_code for _ in range(2)] == [204, 204]
    sam.refresh_from_db()
    assert sam.archived_at


def test_one_user_is_not_read(sam: User, alices: ApiClient) -> None:
    response = alices.get(path(sam))
    assert (response.status_code, response.json()) == (405, {"detail": "Method Not Allowed"})


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_what_is_no_uuid_is_a_400_and_nobody_a_404(alices: ApiClient, method: str) -> None:
    ask = getattr(alices, method)
    nonsense, nobody = ask(f"{USERS}/5"), ask(f"{USERS}/{uuid4()}")
    assert (nonsense.status_code, nonsense.json()) == (400, {"detail": "UUID is not valid."})
    assert (nobody.status_code, nobody.json()) == (404, {"detail": "User not found."})


def test_renaming_to_a_taken_name_is_a_400(sam: User, alices: ApiClient) -> None:
    response = alices.patch(path(sam), {"username": "alice"})
    assert (response.status_code, response.json()) == (400, {"detail": "Username already exists."})


# --- What was broken -----------------------------------------------------------------------------


def test_defect_ones_own_unchanged_name_was_a_400(sam: User, alices: ApiClient) -> None:
    assert alices.patch(path(sam), {"username": "sam"}).status_code == 204


@pytest.mark.parametrize("password", ["", "short", "password1234"])
def test_defect_an_empty_password_was_stored(sam: User, alices: ApiClient, password: str) -> None:
    for response in (
        create(alices, password=password),
        alices.patch(path(sam), {"password": password}),
    ):
        assert response.status_code == 422
        assert response.json()["detail"][0]["loc"] == ["body", "password"]
    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)


def test_defect_the_last_administrator_could_be_deleted(alice: User, alices: ApiClient) -> None:
    for response in (
        alices.delete(path(alice)),
        alices.patch(path(alice), {"is_admin": False}),
        alices.patch(path(alice), {"dt_deleted": "2021-11-13 22:21:00"}),
    ):
        assert (response.status_code, type(response.json()["detail"])) == (409, str)
    alice.refresh_from_db()
    assert (alice.role, alice.is_active) == (Role.ADMIN, True)
