import hashlib

import pytest

from accounts import roles
from accounts.models import User
from crm.base.photo_files import photo_path
from crm.tests.clients import ApiClient
from customers.models import Customer
from customers.tests.make import make_customer
from customers.tests.pictures import address, colour, content, shown, stored_files, upload


@pytest.fixture
def customer(db: None) -> Customer:
    return make_customer(name="Ana")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_uploaded_picture_is_shown(kind: str, as_sam: ApiClient, customer: Customer) -> None:
    response = upload(as_sam, customer, content(kind, "blue", (400, 200)))
    assert response.status_code == 200
    assert response.headers["ETag"] == f'"{customer.pk}-2"'
    assert set(response.json()["photo"]) == {"url", "thumbnail_url"}
    assert response.json()["version"] == 2
    picture = shown(as_sam.get(address(customer)))
    assert (picture.format, picture.size) == ("WEBP", (400, 200))
    assert colour(as_sam.get(address(customer))) == "blue"


def test_its_thumbnail_is_a_small_square(as_sam: ApiClient, customer: Customer) -> None:
    upload(as_sam, customer, content(size=(400, 200)))
    assert shown(as_sam.get(f"{address(customer)}?size=thumbnail")).size == (160, 160)


@pytest.mark.parametrize("size", ["large", "full", "", "thumbnail "])
def test_there_is_no_other_size(size: str, as_sam: ApiClient, customer: Customer) -> None:
    upload(as_sam, customer)
    response = as_sam.get(f"{address(customer)}?size={size}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "size"


def test_it_can_run_nothing_in_a_browser(as_sam: ApiClient, customer: Customer) -> None:
    upload(as_sam, customer)
    response = as_sam.get(address(customer), headers={"Accept": "image/avif,image/webp,*/*;q=0.8"})
    shown(response)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    disposition = f'inline; filename="customer-{customer.pk}.webp"'
    assert response.headers["Content-Disposition"] == disposition
    assert "no-store" in response.headers["Cache-Control"]


def test_a_client_that_accepts_only_pictures_is_served(
    as_sam: ApiClient, customer: Customer
) -> None:
    upload(as_sam, customer)
    assert colour(as_sam.get(address(customer), headers={"Accept": "image/webp"})) == "red"


def test_without_a_photo_there_is_none(as_sam: ApiClient, customer: Customer) -> None:
    assert as_sam.get(address(customer)).status_code == 404
    assert as_sam.get(f"/api/v1/customers/{customer.pk}").json()["photo"] is None
    assert as_sam.get("/api/v1/customers/999999/photo").status_code == 404


def test_a_removed_photo_is_shown_no_more(as_sam: ApiClient, customer: Customer) -> None:
    upload(as_sam, customer)
    for _ in range(2):
        assert as_sam.delete(address(customer)).status_code == 204
    assert as_sam.get(address(customer)).status_code == 404
    customer.refresh_from_db()
    assert (customer.photo, customer.version) == (None, 3)


def test_a_photo_is_named_by_what_it_holds(as_sam: ApiClient, customer: Customer) -> None:
    upload(as_sam, customer)
    customer.refresh_from_db()
    path = photo_path(str(customer.photo))
    assert stored_files() == [photo_path(str(customer.photo), thumbnail=True), path]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == customer.photo


def test_the_same_picture_again_is_stored_once(as_sam: ApiClient, customer: Customer) -> None:
    other = make_customer()
    versions = [upload(as_sam, one).json()["version"] for one in (customer, customer, other)]
    assert versions == [2, 2, 2]
    assert len(stored_files()) == 2


def test_another_picture_takes_its_place_and_the_file_stays(
    as_sam: ApiClient, customer: Customer
) -> None:
    upload(as_sam, customer, content(colour="red"))
    before = stored_files()
    upload(as_sam, customer, content(colour="blue"))
    assert colour(as_sam.get(address(customer))) == "blue"
    assert set(before) < set(stored_files())
    assert len(stored_files()) == 4


def test_a_photo_whose_file_is_lost_is_not_found(as_sam: ApiClient, customer: Customer) -> None:
    upload(as_sam, customer)
    for path in stored_files():
        path.unlink()
    assert as_sam.get(address(customer)).status_code == 404
    assert as_sam.get("/api/v1/customers").status_code == 200
    assert upload(as_sam, customer).status_code == 200
    assert colour(as_sam.get(address(customer))) == "red"


def test_the_history_tells_who_changed_it(as_sam: ApiClient, customer: Customer, sam: User) -> None:
    upload(as_sam, customer)
    customer.refresh_from_db()
    newest = as_sam.get(f"/api/v1/customers/{customer.pk}/history").json()["results"][0]
    assert newest["new_values"] == {"photo": customer.photo}
    assert newest["user"]["id"] == sam.pk


def test_the_photo_of_an_archived_customer_can_be_seen_but_not_changed(
    as_alice: ApiClient, customer: Customer
) -> None:
    upload(as_alice, customer)
    as_alice.delete(f"/api/v1/customers/{customer.pk}")
    assert colour(as_alice.get(address(customer))) == "red"
    assert upload(as_alice, customer, content(colour="blue")).status_code == 409
    assert as_alice.delete(address(customer)).status_code == 409
    assert len(stored_files()) == 2


def test_nobody_sees_or_changes_it_without_a_sign_in(
    api: ApiClient, as_sam: ApiClient, customer: Customer
) -> None:
    upload(as_sam, customer)
    assert api.get(address(customer)).status_code == 401
    assert upload(api, customer, content(colour="blue")).status_code == 401
    assert api.delete(address(customer)).status_code == 401
    assert len(stored_files()) == 2


def test_whoever_may_only_look_changes_nothing(
    as_sam: ApiClient, as_alice: ApiClient, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(as_alice, customer)
    monkeypatch.setitem(roles.PERMISSIONS, "customers.change_customer", roles.ADMIN)
    assert colour(as_sam.get(address(customer))) == "red"
    assert upload(as_sam, customer, content(colour="blue")).status_code == 403
    assert as_sam.delete(address(customer)).status_code == 403
    assert len(stored_files()) == 2


def test_it_changes_the_version_that_was_read(as_sam: ApiClient, customer: Customer) -> None:
    current = {"If-Match": f'"{customer.pk}-1"'}
    assert upload(as_sam, customer, headers=current).status_code == 200
    stale = upload(as_sam, customer, content(colour="blue"), headers=current)
    assert stale.status_code == 412
    assert stale.headers["ETag"] == f'"{customer.pk}-2"'
    assert as_sam.delete(address(customer), headers=current).status_code == 412
    assert colour(as_sam.get(address(customer))) == "red"
    assert len(stored_files()) == 2
