"""Changing, archiving and restoring users, and what their history tells."""

from typing import Any

import pytest

from accounts.models import User, deactivated
from accounts.roles import Role
from accounts.tests.make import PASSWORD, make_user
from crm.tests.clients import ApiClient, signed_in

NEW = "another long password"


def path_of(user: User) -> str:
    return f"/api/v1/users/{user.pk}"


def test_a_change_is_stored_with_who_made_it(as_alice: ApiClient, alice: User, sam: User) -> None:
    change = {"role": "management", "email": "Sam@Example.com", "phone": "04121112233"}
    response = as_alice.patch(path_of(sam), change)
    assert response.status_code == 200
    assert response.headers["ETag"] == f'"{sam.pk}-2"'
    sam.refresh_from_db()
    assert (sam.role, sam.email, sam.phone) == (
        Role.MANAGEMENT,
        "sam@example.com",
        "+584121112233",
    )
    assert sam.modified_by == alice
    assert sam.history.latest("history_id").actor_name == "alice"


def test_a_change_of_nothing_is_no_version(as_alice: ApiClient, sam: User) -> None:
    for body in ({}, {"role": "sales"}, {"email": ""}):
        response = as_alice.patch(path_of(sam), body)
        assert (response.status_code, response.json()["version"]) == (200, 1)
    assert sam.history.count() == 1


def test_a_stale_tag_changes_nothing(as_alice: ApiClient, sam: User) -> None:
    tag = as_alice.get(path_of(sam)).headers["ETag"]
    assert as_alice.patch(path_of(sam), {"language": "es"}, HTTP_IF_MATCH=tag).status_code == 200
    for send in (as_alice.patch, as_alice.delete):
        response = send(path_of(sam), {"language": "ru"}, HTTP_IF_MATCH=tag)
        assert response.status_code == 412
        assert response.headers["ETag"] == f'"{sam.pk}-2"'
    sam.refresh_from_db()
    assert (sam.language, sam.is_active) == ("es", True)


def test_a_password_is_set_and_the_old_one_stops(as_alice: ApiClient, sam: User) -> None:
    client = signed_in(sam)
    response = as_alice.patch(path_of(sam), {"password": NEW, "language": "es"})
    assert response.status_code == 200
    assert "password" not in response.json()
    sam.refresh_from_db()
    assert response.headers["ETag"] == f'"{sam.pk}-{sam.version}"'
    assert sam.check_password(NEW)
    assert not sam.check_password(PASSWORD)
    assert client.get("/api/v1/auth/me").status_code == 401


def test_a_password_may_not_resemble_whose_it_is(as_alice: ApiClient) -> None:
    user = make_user("sebastian.gomez")
    response = as_alice.patch(path_of(user), {"password": "sebastian.gomez1"})
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == ("password", "password_too_similar")


def test_a_password_that_is_refused_changes_nothing_else(as_alice: ApiClient, sam: User) -> None:
    response = as_alice.patch(path_of(sam), {"password": "short", "language": "es"})
    assert response.status_code == 422
    sam.refresh_from_db()
    assert (sam.language, sam.version) == ("", 1)


def test_deleting_archives_and_ends_the_sessions(as_alice: ApiClient, sam: User) -> None:
    client = signed_in(sam)
    response = as_alice.delete(path_of(sam))
    assert (response.status_code, response.content) == (204, b"")
    sam.refresh_from_db()
    assert not sam.is_active
    assert sam.archived_at
    assert client.get("/api/v1/auth/me").status_code == 401
    assert as_alice.get(path_of(sam)).json()["archived_at"]
    assert as_alice.delete(path_of(sam)).status_code == 204
    assert sam.history.count() == 2


def test_somebody_archived_cannot_be_changed_until_restored(as_alice: ApiClient, sam: User) -> None:
    sam.archive()
    for change in ({"is_active": True}, {"role": "admin"}, {"password": NEW}):
        response = as_alice.patch(path_of(sam), change)
        assert (response.status_code, response.json()["code"]) == (409, "archived")
    restored = as_alice.post(f"{path_of(sam)}/restore")
    assert restored.status_code == 200
    assert (restored.json()["is_active"], restored.json()["archived_at"]) == (True, None)
    assert as_alice.patch(path_of(sam), {"language": "es"}).status_code == 200
    again = as_alice.post(f"{path_of(sam)}/restore")
    assert (again.status_code, again.json()["code"]) == (409, "not_archived")


def test_a_name_and_an_email_stay_taken_by_somebody_archived(as_alice: ApiClient) -> None:
    make_user("gone", email="gone@example.com").archive()
    body = {"username": "gone", "password": PASSWORD}
    assert as_alice.post("/api/v1/users", body).status_code == 409
    body = {"username": "other", "password": PASSWORD, "email": "gone@example.com"}
    assert as_alice.post("/api/v1/users", body).status_code == 409


@pytest.mark.parametrize("change", [{"is_active": False}, "archive"], ids=str)
def test_other_apps_are_asked_what_becomes_of_the_work(
    as_alice: ApiClient, sam: User, change: Any
) -> None:
    asked: list[str] = []

    def answer(user: User) -> None:
        asked.append(user.username)

    deactivated.add(User, answer)
    try:
        if change == "archive":
            as_alice.delete(path_of(sam))
        else:
            as_alice.patch(path_of(sam), change)
    finally:
        deactivated.remove(User, answer)
    assert asked == ["sam"]


def test_the_history_tells_what_changed_and_no_password(as_alice: ApiClient, sam: User) -> None:
    as_alice.patch(path_of(sam), {"role": "management"})
    as_alice.patch(path_of(sam), {"password": NEW})
    as_alice.delete(path_of(sam))
    as_alice.post(f"{path_of(sam)}/restore")
    response = as_alice.get(f"{path_of(sam)}/history?count=true")
    entries = response.json()["results"]
    actions = [entry["action"] for entry in entries]
    assert actions == ["restore", "archive", "update", "update", "create"]
    assert entries[3]["old_values"] == {"role": "sales"}
    assert entries[3]["new_values"] == {"role": "management"}
    assert {entry["user"]["name"] for entry in entries[:4]} == {"alice"}
    sam.refresh_from_db()
    text = response.content.decode()
    assert "password" not in text
    assert sam.password not in text


def test_nobody_is_deleted_for_good(sam: User) -> None:
    for delete in (sam.delete, User.objects.filter(pk=sam.pk).delete, User.objects.all().delete):
        with pytest.raises(Exception, match="deactivated, not deleted"):
            delete()
    assert User.objects.filter(pk=sam.pk).exists()
