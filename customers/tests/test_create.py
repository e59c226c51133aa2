from accounts.models import User
from crm.tests.clients import ApiClient
from customers.models import Customer


def test_it_stores_a_person_in_canonical_form(as_sam: ApiClient, sam: User) -> None:
    given = {"name": "  Ana   María ", "email": "Ana@X.COM", "phone": "0412-345 67 89"}
    response = as_sam.post("/api/v1/customers", given)
    assert response.status_code == 201
    customer = Customer.objects.get()
    assert (customer.name, customer.email) == ("Ana María", "ana@x.com")
    assert customer.phone == "+584123456789"
    assert customer.created_by == sam
    assert response.headers["Location"] == f"/api/v1/customers/{customer.pk}"
    assert response.headers["ETag"] == f'"{customer.pk}-1"'
