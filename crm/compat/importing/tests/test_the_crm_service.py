"""002: customers with ids of the caller's choice, and users with a UUID."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.login import sign_in
from accounts.models import User
from accounts.roles import Role
from crm.compat.importing.tests import schemas
from crm.compat.importing.tests.conftest import Do, Postgres
from crm.compat.importing.tests.test_mini_crm import hashed
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer

pytestmark = pytest.mark.django_db
SERVICE = "the-crm-service"
ROOT, CLERK = "6f0c2a3e-1111-4c4e-8d5a-000000000001", "6f0c2a3e-1111-4c4e-8d5a-000000000002"
EARLY, LATER = datetime(2021, 11, 13, 22, tzinfo=UTC), datetime(2021, 12, 1, 8, tzinfo=UTC)


def user(uuid: str, name: str, **fields: Any) -> dict[str, Any]:
    row = {"id": uuid, "username": name, "password": hashed("of old 1"), "is_admin": False}
    return row | {"dt_created": EARLY} | fields


def customer(number: str, **fields: Any) -> dict[str, Any]:
    row = {"id": number, "name": "Ana", "surname": "Ruiz", "dt_created": EARLY}
    return row | {"created_by_id": ROOT} | fields


@pytest.fixture
def source(postgres: Postgres) -> str:
    return postgres.write(
        schemas.THE_CRM_SERVICE,
        user=[user(ROOT, "root", is_admin=True), user(CLERK, "clerk", dt_deleted=LATER)],
        customer=[
            customer("C-1", dt_updated=LATER, updated_by_id=CLERK, photo_url="https://x.org/a.png"),
            customer("C-2", dt_deleted=LATER, photo_url="javascript:alert(1)"),
            customer("mine"),
            customer("x" * 101),
            customer("C-5", name="A" * 200),
        ],
    )


def test_its_clients_find_everybody_by_the_ids_they_hold(do: Do, source: str) -> None:
    make_customer(external_id="mine")
    told = do(SERVICE, source)
    api = ApiClient()
    token = api.post(
        "/compat/the-crm-service/auth/token", {"username": "root", "password": "of old 1"}
    ).json()["access_token"]
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    ana = api.get("/compat/the-crm-service/customers/C-1").json()
    assert (ana["name"], ana["photo_url"]) == ("Ana", "https://x.org/a.png")
    assert (ana["created_by_id"], ana["updated_by_id"]) == (ROOT, CLERK)
    assert ana["dt_created"].startswith("2021-11-13T22:00:00")
    assert ana["dt_updated"].startswith("2021-12-01T08:00:00")
    gone = api.get("/compat/the-crm-service/customers/C-2").json()
    assert gone["dt_deleted"].startswith("2021-12-01")
    assert told.about("id_taken") == ["mine"]
    assert told.about("left_out") == ["C-2"]
    assert told.of("C-5") == ["cut"]
    assert len(told.about("id_too_long")) == 1
    assert "rows 5; taken over 3, not taken 2" in told.text


def test_users_keep_uuid_role_and_password(do: Do, source: str) -> None:
    do(SERVICE, source)
    root, clerk = User.objects.get(uuid=ROOT), User.objects.get(uuid=CLERK)
    assert (root.role, clerk.role) == (Role.ADMIN, Role.SALES)
    assert (clerk.is_active, clerk.archived_at) == (False, LATER)
    assert sign_in("root", "of old 1") == root


def test_a_second_run_changes_nothing(do: Do, source: str) -> None:
    first = do(SERVICE, source)
    before = list(Customer.history.values())
    assert do(SERVICE, source).notes == first.notes
    assert list(Customer.history.values()) == before
