"""Requests of its page and its README, one for every address."""

from typing import Any

from accounts.models import User
from accounts.tests.make import PASSWORD, make_user
from crm.compat.tests.samples import Sample
from customers.tests.make import make_customer
from leads.models import Lead
from leads.tests.make import make_lead

ALL = (200, 200, 200, 200)
ALL_ROLES = (401, 200, 200, 200)
JUAN: dict[str, Any] = {
    "client_type": "natural",
    "contact_name": "Juan Pérez",
    "phone": "+584123456789",
    "email": "juan@example.com",
    "address": "Calle Principal 123",
}
NOTES = {"admin_notes": "Cliente interesado en servicios", "sales_notes": "Llamar el lunes"}
CLIENT_FIELDS = (*JUAN, "company_name", "instagram", "country")
LEAD_FIELDS = (*NOTES, "client_id", "channel", "status", "assigned_to_id")
USER_FIELDS = ("username", "email", "password", "role", "is_active")


def credentials() -> dict[str, str]:
    return {"username": make_user().username, "password": PASSWORD}


def a_user() -> dict[str, str]:
    return {"pk": str(make_user().pk)}


def a_client() -> dict[str, str]:
    customer = make_customer(phone="+584123456789")
    make_lead(customer=customer)
    return {"pk": str(customer.pk)}


def a_phone() -> dict[str, str]:
    a_client()
    return {"phone": "0412-345-6789"}


def a_lead() -> dict[str, str]:
    """Return one of whoever of sam, maria and alice may be asking, who must see it."""
    return {"pk": str(make_lead(assigned_to=User.objects.filter(username="sam").first()).pk)}


def a_record() -> dict[str, str]:
    return {"table_name": "clients", "record_id": a_client()["pk"]}


def many_leads() -> Lead:
    owner = make_user()
    return make_lead(customer=make_customer(), assigned_to=owner, created_by=owner)


def a_lead_of(**values: Any) -> dict[str, Any]:
    return {"client_id": make_customer().pk, "channel": "web", **values}


SAMPLES = {
    ("GET", ""): Sample(ALL),
    ("GET", "health"): Sample(ALL),
    ("POST", "auth/login"): Sample(ALL, body=credentials, fields=("username", "password")),
    ("GET", "auth/me"): Sample(ALL_ROLES),
    ("GET", "users"): Sample((401, 403, 403, 200), many=make_user),
    ("POST", "users"): Sample(
        (401, 403, 403, 201),
        body=lambda: {"username": "newcomer", "password": PASSWORD, "role": "sales"},
        fields=USER_FIELDS,
    ),
    ("GET", "users/{pk}"): Sample((401, 403, 403, 200), values=a_user),
    ("PATCH", "users/{pk}"): Sample(
        (401, 403, 403, 200),
        values=a_user,
        body=lambda: {"username": "renamed"},
        fields=USER_FIELDS,
    ),
    ("DELETE", "users/{pk}"): Sample((401, 403, 403, 204), values=a_user),
    ("GET", "clients"): Sample(ALL_ROLES, many=make_customer, key=200),
    ("POST", "clients"): Sample(
        (401, 201, 201, 201), body=lambda: JUAN, fields=CLIENT_FIELDS, key=201
    ),
    ("GET", "clients/stats"): Sample(ALL_ROLES, many=make_customer, key=200),
    ("GET", "clients/search"): Sample(
        ALL_ROLES, query="?name=Customer", many=make_customer, key=200
    ),
    ("GET", "clients/advanced-search"): Sample(
        ALL_ROLES, query="?contact_name=Customer&client_type=natural", many=make_customer, key=200
    ),
    ("GET", "clients/check-exists"): Sample(ALL_ROLES, query="?email=a@example.org", key=200),
    ("GET", "clients/by-phone/{phone}"): Sample(ALL_ROLES, values=a_phone, key=200),
    ("GET", "clients/{pk}"): Sample(ALL_ROLES, values=a_client, key=200),
    ("PATCH", "clients/{pk}"): Sample(
        ALL_ROLES,
        values=a_client,
        body=lambda: {"contact_name": "Pedro"},
        fields=CLIENT_FIELDS,
    ),
    ("DELETE", "clients/{pk}"): Sample((401, 204, 204, 204), values=a_client),
    ("GET", "leads"): Sample(ALL_ROLES, many=many_leads, key=200),
    ("POST", "leads"): Sample(
        (401, 201, 201, 201), body=lambda: a_lead_of(**NOTES), fields=LEAD_FIELDS, key=201
    ),
    ("GET", "leads/stats"): Sample(ALL_ROLES, many=many_leads, key=200),
    ("GET", "leads/recent"): Sample(ALL_ROLES, many=many_leads, key=200),
    ("GET", "leads/advanced-search"): Sample(
        ALL_ROLES, query="?status=new&channel=manual", many=many_leads, key=200
    ),
    ("GET", "leads/{pk}"): Sample(ALL_ROLES, values=a_lead, key=200),
    ("PATCH", "leads/{pk}"): Sample(
        ALL_ROLES, values=a_lead, body=lambda: NOTES, fields=LEAD_FIELDS, key=200
    ),
    ("DELETE", "leads/{pk}"): Sample((401, 204, 204, 204), values=a_lead, key=204),
    ("PATCH", "leads/{pk}/status"): Sample(
        ALL_ROLES,
        values=a_lead,
        body=lambda: {"status": "quoted"},
        fields=("status",),
        key=200,
    ),
    ("PATCH", "leads/{pk}/assign"): Sample(
        (401, 403, 200, 200), values=a_lead, fields=("assigned_to_id",), key=200
    ),
    ("GET", "audit-logs"): Sample((401, 403, 403, 200), many=many_leads),
    ("GET", "audit-logs/table/{table_name}/{record_id}"): Sample(
        (401, 403, 403, 200), values=a_record
    ),
}
