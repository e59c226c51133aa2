"""002, The CRM Service: signing in, and its customers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine

from accounts.models import User
from accounts.tests.make import PASSWORD, make_key
from crm.compat.tests.clients import signed_in_at
from crm.compat.the_crm_service import SERVICE
from crm.tests.clients import ApiClient, signed_in, with_key
from crm.tests.samples import picture
from customers.models import Customer
from customers.tests.make import make_customer

ROOT = "/compat/the-crm-service"
CUSTOMERS = f"{ROOT}/customers"
PABLO: dict[str, Any] = {"id": "C-1", "name": "Pablo", "surname": "Ruiz"}
WRONG = {"detail": "Incorrect username or password."}


@pytest.fixture
def sams(sam: User) -> ApiClient:
    """What sam, in sales, signs in with."""
    return signed_in_at(SERVICE, sam)


def token(api: ApiClient, form: str = "json", **values: Any) -> Any:
    body = {"username": "sam", "password": PASSWORD} | values
    if form == "json":
        return api.post(f"{ROOT}/auth/token", body)
    return api.post(f"{ROOT}/auth/token", body, format=form)


def create(client: ApiClient, **values: Any) -> Any:
    return client.post(CUSTOMERS, PABLO | values)


# --- Signing in ----------------------------------------------------------------------------------


def test_it_is_healthy(api: ApiClient) -> None:
    assert api.get(f"{ROOT}/health").json() == {"status": "OK"}


@pytest.mark.parametrize("form", ["json", "multipart"])
def test_a_token_is_given_for_a_password(sam: User, api: ApiClient, form: str) -> None:
    response = token(api, form)
    assert response.status_code == 200
    assert set(response.json()) == {"access_token", "token_type"}
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['access_token']}")
    assert api.get(CUSTOMERS).status_code == 200


def test_a_form_is_taken_as_oauth_2_says(sam: User, api: ApiClient) -> None:
    body = f"grant_type=password&username=sam&password={PASSWORD}&scope="
    kind = "application/x-www-form-urlencoded"
    assert api.post(f"{ROOT}/auth/token", body, content_type=kind).status_code == 200


@pytest.mark.parametrize("values", [{"username": "nobody"}, {"password": "wrong"}])
def test_defect_it_told_which_names_exist(
    sam: User, api: ApiClient, values: dict[str, str]
) -> None:
    response = token(api, **values)
    assert (response.status_code, response.json()) == (400, WRONG)


def test_the_collection_may_sign_in_before_every_request(sam: User, api: ApiClient) -> None:
    assert {token(api).status_code for _ in range(36)} == {200}


def test_wrong_guesses_are_limited(sam: User, api: ApiClient) -> None:
    found = [token(api, password="wrong").status_code for _ in range(11)]
    assert found == [400] * 10 + [429]


def test_a_token_lasts_thirty_minutes(sam: User) -> None:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False) as clock:
        client = signed_in_at(SERVICE, sam)
        clock.shift(timedelta(minutes=29))
        assert client.get(CUSTOMERS).status_code == 200
        clock.shift(timedelta(minutes=2))
        response = client.get(CUSTOMERS)
    assert (response.status_code, response.json()) == (
        401,
        {"detail": "Could not validate credentials."},
    )


def test_without_a_token_one_is_not_authenticated(db: None, api: ApiClient) -> None:
    response = api.get(CUSTOMERS)
    assert (response.status_code, response.json()) == (401, {"detail": "Not authenticated"})
    assert response.headers["WWW-Authenticate"] == "Bearer"


def rename(user: User) -> None:
    user.username = "samuel"
    user.save()


@pytest.mark.parametrize("leave", [User.archive, rename])
def test_a_deleted_or_renamed_users_token_is_refused(
    sam: User, sams: ApiClient, leave: Callable[[User], None]
) -> None:
    leave(sam)
    assert sams.get(CUSTOMERS).status_code == 401


def test_its_tokens_open_nothing_else_and_no_other_opens_it(sam: User, sams: ApiClient) -> None:
    assert sams.get("/api/v1/customers").status_code == 401
    assert signed_in(sam).get(CUSTOMERS).status_code == 401


# --- Customers -----------------------------------------------------------------------------------


def test_a_customer_is_created_and_read(sam: User, sams: ApiClient) -> None:
    created = create(sams, photo_url="https://shop.example.org/p.jpg", unknown=1, version=9)
    assert (created.status_code, created.content) == (201, b"null")
    customer = Customer.objects.get()
    assert (customer.created_by, customer.version) == (sam, 1)
    assert sams.get(f"{CUSTOMERS}/C-1").json() == {
        **PABLO,
        "photo_url": "https://shop.example.org/p.jpg",
        "dt_created": customer.created_at.isoformat(),
        "dt_updated": customer.updated_at.isoformat(),
        "dt_deleted": None,
        "created_by_id": str(sam.uuid),
        "updated_by_id": str(sam.uuid),
    }
    assert customer.created_at.isoformat().endswith("+00:00")


def test_an_id_that_is_taken_is_a_400(sams: ApiClient) -> None:
    create(sams)
    again = create(sams, name="Pedro")
    assert (again.status_code, again.json()) == (
        400,
        {"detail": "The customer ID already exists."},
    )
    assert Customer.objects.get().name == "Pablo"


def test_the_id_of_a_deleted_customer_stays_taken(sams: ApiClient) -> None:
    create(sams)
    assert [sams.delete(f"{CUSTOMERS}/C-1").status_code for _ in range(2)] == [204, 204]
    assert create(sams).status_code == 400
    assert sams.get(f"{CUSTOMERS}/C-1").json()["dt_deleted"].endswith("+00:00")


@pytest.mark.parametrize("name", ["id", "name", "surname"])
def test_what_is_required_is_required(sams: ApiClient, name: str) -> None:
    response = sams.post(CUSTOMERS, {key: PABLO[key] for key in PABLO if key != name})
    assert response.status_code == 422
    row = {"loc": ["body", name], "msg": "Field required", "type": "missing"}
    assert response.json() == {"detail": [row]}


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_nobody_is_a_404(sams: ApiClient, method: str) -> None:
    response = getattr(sams, method)(f"{CUSTOMERS}/nobody")
    assert (response.status_code, response.json()) == (404, {"detail": "Customer not found."})


def test_a_customer_is_changed_and_the_id_too(alice: User, sam: User, sams: ApiClient) -> None:
    create(signed_in_at(SERVICE, alice))
    changed = sams.patch(f"{CUSTOMERS}/C-1", {"id": "C-2", "surname": "Díaz"})
    assert (changed.status_code, changed.content) == (204, b"")
    assert sams.get(f"{CUSTOMERS}/C-1").status_code == 404
    answer = sams.get(f"{CUSTOMERS}/C-2").json()
    assert (answer["name"], answer["surname"]) == ("Pablo", "Díaz")
    assert (answer["created_by_id"], answer["updated_by_id"]) == (str(alice.uuid), str(sam.uuid))


def test_changing_to_a_taken_id_is_a_400(sams: ApiClient) -> None:
    create(sams)
    create(sams, id="C-2")
    response = sams.patch(f"{CUSTOMERS}/C-2", {"id": "C-1"})
    assert (response.status_code, response.json()["detail"]) == (
        400,
        "The customer ID already exists.",
    )


def test_a_patch_deletes_and_restores(maria: User) -> None:
    client = signed_in_at(SERVICE, maria)
    create(client)
    path = f"{CUSTOMERS}/C-1"
    assert client.patch(path, {"dt_deleted": "2021-11-13 22:21:00"}).status_code == 204
    assert client.get(path).json()["dt_deleted"]
    assert client.patch(path, {"dt_deleted": None, "name": "Pedro"}).status_code == 204
    answer = client.get(path).json()
    assert (answer["dt_deleted"], answer["name"]) == (None, "Pedro")


def test_who_may_not_restore_may_not_here(sams: ApiClient) -> None:
    create(sams)
    sams.delete(f"{CUSTOMERS}/C-1")
    response = sams.patch(f"{CUSTOMERS}/C-1", {"dt_deleted": None})
    text = "The current user has not permission for this resource."
    assert (response.status_code, response.json()) == (403, {"detail": text})


def test_a_list_has_pages(sams: ApiClient) -> None:
    for number in range(3):
        create(sams, id=f"C-{number}")
    sams.delete(f"{CUSTOMERS}/C-1")

    def ids(query: str = "") -> tuple[list[str], Any]:
        body = sams.get(f"{CUSTOMERS}{query}").json()
        return [item["id"] for item in body.pop("items")], body

    assert ids() == (["C-0", "C-1", "C-2"], {"total": 3, "page": 1, "size": 50})
    assert ids("?only_actives=true")[0] == ["C-0", "C-2"]
    assert ids("?page=2&size=2") == (["C-2"], {"total": 3, "page": 2, "size": 2})
    assert ids("?page=9&size=2") == ([], {"total": 3, "page": 9, "size": 2})


@pytest.mark.parametrize("query", ["page=0", "size=0", "size=101", "only_actives=perhaps"])
def test_an_invalid_parameter_is_a_422(sams: ApiClient, query: str) -> None:
    response = sams.get(f"{CUSTOMERS}?{query}")
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["query", query.partition("=")[0]]


def test_a_photo_is_uploaded_and_shown(sams: ApiClient, api: ApiClient) -> None:
    create(sams, photo_url="https://shop.example.org/p.jpg")
    path = f"{CUSTOMERS}/C-1"
    response = sams.put(f"{path}/photo", {"photo": picture()}, format="multipart")
    link = response.json()["photo_url"]
    shown = api.get(link)
    assert shown.headers["Content-Type"] == "image/webp"
    assert b"".join(shown)
    assert sams.patch(path, {"name": "Pedro", "photo_url": link}).status_code == 204
    assert sams.get(path).json()["photo_url"].startswith(link[:30])
    assert sams.patch(path, {"photo_url": "https://x.example/q.jpg"}).status_code == 204
    assert sams.get(path).json()["photo_url"] == "https://x.example/q.jpg"
    assert sams.patch(path, {"photo_url": None}).status_code == 204
    assert sams.get(path).json()["photo_url"] is None


# --- Beside the others ---------------------------------------------------------------------------


def test_a_customer_made_elsewhere_is_known_by_its_uuid(sams: ApiClient) -> None:
    customer = make_customer(name="Ana", email="ana@example.org")
    [item] = sams.get(CUSTOMERS).json()["items"]
    assert (item["id"], item["surname"], item["created_by_id"]) == (str(customer.uuid), "", None)
    assert sams.get(f"{CUSTOMERS}/{item['id']}").json() == item
    assert sams.patch(f"{CUSTOMERS}/{item['id']}", {"id": "C-7"}).status_code == 204
    assert sams.get(f"{CUSTOMERS}/C-7").json()["name"] == "Ana"
    taken = create(sams, id=str(customer.uuid))
    assert taken.json() == {"detail": "The customer ID already exists."}


def test_the_main_api_sees_it_and_who_and_where_from(sams: ApiClient, as_sam: ApiClient) -> None:
    create(sams)
    sams.patch(f"{CUSTOMERS}/C-1", {"name": "Pedro"})
    [found] = as_sam.get("/api/v1/customers?external_id=C-1").json()["results"]
    assert (found["name"], found["surname"]) == ("Pedro", "Ruiz")
    newest, first = as_sam.get(f"/api/v1/customers/{found['id']}/history").json()["results"]
    for entry in (newest, first):
        assert (entry["source"], entry["reason"]) == ("compat", "The CRM Service")
        assert entry["user"]["name"] == "sam"


def test_a_key_creates_within_its_day(db: None) -> None:
    client = with_key(make_key(daily_limit=1))
    assert [create(client, id=f"C-{n}").status_code for n in range(2)] == [201, 429]
    assert client.get(CUSTOMERS).status_code == 403


# --- What was broken -----------------------------------------------------------------------------


def test_defect_a_failed_write_was_answered_204_and_changed_nothing(sams: ApiClient) -> None:
    create(sams)
    assert sams.patch(f"{CUSTOMERS}/C-1", {"name": ""}).status_code == 422
    assert sams.patch(f"{CUSTOMERS}/{uuid4()}", {"name": "Pedro"}).status_code == 404
    sams.delete(f"{CUSTOMERS}/C-1")
    refused = sams.patch(f"{CUSTOMERS}/C-1", {"name": "Pedro"})
    assert (refused.status_code, type(refused.json()["detail"])) == (409, str)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//x", "p.jpg"])
def test_defect_a_photo_url_could_be_a_script(sams: ApiClient, address: str) -> None:
    response = create(sams, photo_url=address)
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "photo_url"]


@pytest.mark.parametrize("name", ["shop/7", "a b", "ü?#%", "x/photos"])
def test_defect_an_id_with_a_slash_could_never_be_fetched(sams: ApiClient, name: str) -> None:
    assert create(sams, id=name).status_code == 201
    path = f"{CUSTOMERS}/{quote(name, safe='')}"
    assert sams.get(path).json()["id"] == name
    assert sams.patch(path, {"name": "Pedro"}).status_code == 204
    assert sams.delete(path).status_code == 204


@pytest.mark.parametrize("name", ["/", "a/", "/a", "a//b", "..", "a/../b", ".", "x/photo"])
def test_an_id_that_no_address_can_name_is_refused(sams: ApiClient, name: str) -> None:
    response = create(sams, id=name)
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "id"]


def test_defect_lists_were_loaded_whole(
    sams: ApiClient, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        create(sams, id=f"C-{number}")
    with django_assert_max_num_queries(3) as captured:  # who, how many, the page
        sams.get(f"{CUSTOMERS}?size=2&page=2")
    assert any("LIMIT 2 OFFSET 2" in query["sql"] for query in captured.captured_queries)
