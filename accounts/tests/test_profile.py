"""What people see and change of themselves."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.make import make_user
from crm.tests.clients import ApiClient

ME = "/api/v1/auth/me"


def test_everybody_sees_themselves(as_sam: ApiClient, sam: User) -> None:
    response = as_sam.get(ME)
    assert response.status_code == 200
    assert response.headers["ETag"] == f'"{sam.pk}-1"'
    body = response.json()
    assert (body["id"], body["username"], body["role"]) == (sam.pk, "sam", "sales")
    assert "password" not in body


def test_everybody_changes_their_contact_data(as_sam: ApiClient, sam: User) -> None:
    change = {
        "email": " Sam@Example.com",
        "phone": "(0412) 111-22-33",
        "language": "es",
        "time_zone": "America/Caracas",
    }
    response = as_sam.patch(ME, change)
    assert response.status_code == 200
    assert response.headers["ETag"] == f'"{sam.pk}-2"'
    sam.refresh_from_db()
    assert (sam.email, sam.phone) == ("sam@example.com", "+584121112233")
    assert (sam.language, sam.time_zone) == ("es", "America/Caracas")
    assert sam.modified_by == sam


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "admin"}, "read_only"),
        ({"role": "sales"}, "read_only"),
        ({"is_active": False}, "read_only"),
        ({"username": "boss"}, "read_only"),
        ({"id": 1}, "read_only"),
        ({"version": 7}, "read_only"),
        ({"archived_at": None}, "unknown"),
        ({"is_superuser": True}, "unknown"),
        ({"is_staff": True}, "unknown"),
        ({"password": "another long password"}, "unknown"),
        ({"sessions": []}, "unknown"),
        ({"email": "x"}, "invalid"),
        ({"phone": "x"}, "invalid_phone"),
        ({"language": "xx"}, "invalid_choice"),
        ({"time_zone": "x"}, "unknown_time_zone"),
    ],
    ids=str,
)
def test_nobody_changes_more_than_that(
    as_sam: ApiClient, sam: User, change: dict[str, Any], code: str
) -> None:
    response = as_sam.patch(ME, {"language": "es"} | change)
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == (next(iter(change)), code)
    sam.refresh_from_db()
    assert (sam.role, sam.language, sam.version) == ("sales", "", 1)


def test_an_email_somebody_has_is_a_conflict(as_sam: ApiClient) -> None:
    make_user("sue", email="sue@example.com")
    response = as_sam.patch(ME, {"email": "SUE@example.com"})
    assert response.status_code == 409
    assert response.json()["errors"][0]["field"] == "email"


def test_a_stale_tag_is_refused(as_sam: ApiClient) -> None:
    tag = as_sam.get(ME).headers["ETag"]
    assert as_sam.patch(ME, {"language": "es"}, HTTP_IF_MATCH=tag).status_code == 200
    response = as_sam.patch(ME, {"language": "ru"}, HTTP_IF_MATCH=tag)
    assert response.status_code == 412
    assert response.headers["ETag"] == as_sam.get(ME).headers["ETag"]
    assert as_sam.get(ME).json()["language"] == "es"


def test_a_change_of_ones_own_ends_no_session(as_sam: ApiClient, sam: User) -> None:
    as_sam.patch(ME, {"email": "sam@example.com"})
    assert as_sam.get(ME).status_code == 200
    assert sam.history.latest("history_id").actor_name == "sam"
