"""There is always an active administrator."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import make_user
from crm.base.errors import Conflict
from crm.tests.clients import ApiClient

Send = Callable[[ApiClient, str], Any]


def demote(client: ApiClient, path: str) -> Any:
    return client.patch(path, {"role": "management"})


def deactivate(client: ApiClient, path: str) -> Any:
    return client.patch(path, {"is_active": False})


def demote_and_more(client: ApiClient, path: str) -> Any:
    return client.patch(path, {"language": "es", "is_active": False, "role": "sales"})


def archive(client: ApiClient, path: str) -> Any:
    return client.delete(path)


def archive_confirmed(client: ApiClient, path: str) -> Any:
    return client.delete(f"{path}?confirm=true")


WAYS = [demote, deactivate, demote_and_more, archive, archive_confirmed]


@pytest.mark.parametrize("remove", WAYS)
def test_the_last_admin_stays(as_alice: ApiClient, alice: User, remove: Send) -> None:
    make_user("inactive", role=Role.ADMIN, is_active=False)
    make_user("gone", role=Role.ADMIN).archive()
    make_user("manager", role=Role.MANAGEMENT)
    response = remove(as_alice, f"/api/v1/users/{alice.pk}")
    assert (response.status_code, response.json()["code"]) == (409, "last_admin")
    alice.refresh_from_db()
    assert (alice.role, alice.is_active, alice.language) == (Role.ADMIN, True, "")
    assert as_alice.get("/api/v1/auth/me").status_code == 200


@pytest.mark.parametrize("remove", WAYS)
def test_with_another_admin_each_can_go_even_by_their_own_hand(
    as_alice: ApiClient, alice: User, remove: Send
) -> None:
    other = make_user("other", role=Role.ADMIN)
    assert remove(as_alice, f"/api/v1/users/{alice.pk}").status_code in (200, 204)
    assert [user.pk for user in User.objects.active_admins()] == [other.pk]


def test_the_last_admin_may_change_everything_else(as_alice: ApiClient, alice: User) -> None:
    change = {"email": "alice@example.com", "language": "es", "role": "admin", "is_active": True}
    assert as_alice.patch(f"/api/v1/users/{alice.pk}", change).status_code == 200


def test_an_admin_made_meanwhile_sets_the_last_one_free(as_alice: ApiClient, alice: User) -> None:
    path = f"/api/v1/users/{alice.pk}"
    assert demote(as_alice, path).status_code == 409
    make_user("other", role=Role.ADMIN)
    assert demote(as_alice, path).status_code == 200


def test_it_holds_for_code_as_well(alice: User) -> None:
    alice.role = Role.SALES
    with pytest.raises(Conflict) as refused:
        alice.save()
    assert refused.value.code == "last_admin"


def test_an_admin_who_was_inactive_is_not_missed(as_alice: ApiClient) -> None:
    idle = make_user("idle", role=Role.ADMIN, is_active=False)
    assert demote(as_alice, f"/api/v1/users/{idle.pk}").status_code == 200
