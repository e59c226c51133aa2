"""For every route a request that succeeds for those who may send it.

A new model needs a maker here, a new route that takes a body needs a body; the tests built on
this file fail until they have one.
"""

import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart
from PIL import Image

from accounts.models import ApiKey, User
from accounts.tests.make import PASSWORD, make_key, make_user
from accounts.tokens import open_session
from crm.base.images import make_photo
from crm.base.models import SecurityEvent
from crm.base.photo_files import store
from crm.base.trail.security_events import note
from crm.tests.routes import Route
from customers.models import Customer
from customers.photos import signed_link
from customers.tests.make import make_customer
from invoices.models import CompanyProfile, Invoice, InvoiceLine, Kind, NumberSeries, Payment
from invoices.tests.make import make_company, make_draft, make_invoice
from leads.models import Action, Lead, Process
from leads.tests.make import make_action, make_lead, make_process

MULTIPART = "multipart/form-data; boundary=limit"
PHONE = "+584121234567"


def sam() -> User | None:
    """Return the salesperson of the tests, if the test has him."""
    found: User | None = User.objects.filter(username="sam", is_active=True).first()
    return found


def sams_lead() -> Lead:
    return make_lead(assigned_to=sam())


def newest_line() -> int:
    """Return the id of the line made last, which is that of the invoice made last."""
    return InvoiceLine.objects.order_by("-id").values_list("pk", flat=True).first() or 0


# A record with nothing special, as many as are wanted.
PLAIN: dict[type, Callable[[], Any]] = {
    User: make_user,
    ApiKey: make_key,
    Customer: make_customer,
    Lead: make_lead,
    Action: make_action,
    Process: make_process,
    Invoice: make_draft,
    InvoiceLine: lambda: InvoiceLine.objects.get(invoice=make_draft()),
    Payment: lambda: make_invoice().record_payment(Decimal(1)),
}
# One that every route of its viewset has something to show of.
MAKERS: dict[type, Callable[[], Any]] = {
    User: lambda: make_user(phone=PHONE),
    ApiKey: make_key,
    Customer: lambda: make_customer(phone=PHONE, email="carla@example.org", photo=stored_photo()),
    Lead: sams_lead,
    Action: lambda: make_action(sams_lead(), created_by=sam()),
    Process: lambda: make_process(sams_lead()),
    InvoiceLine: PLAIN[InvoiceLine],
    Payment: PLAIN[Payment],
    CompanyProfile: make_company,
    NumberSeries: lambda: NumberSeries.objects.create(kind=Kind.INVOICE, code="FAC"),
    Invoice: lambda: make_draft(created_by=sam()),
}
# What the routes of these actions show or change is issued.
OF_ISSUED = {"cancel", "credit", "pay", "reverse"}
BODIES: dict[tuple[str, str], Callable[[], dict[str, Any]]] = {
    ("POST", "/api/v1/auth/login"): lambda: {
        "username": make_user("signer").username,
        "password": PASSWORD,
    },
    ("POST", "/api/v1/auth/refresh"): lambda: {
        "refresh_token": open_session(make_user())["refresh_token"]
    },
    ("POST", "/api/v1/auth/logout"): dict,
    ("POST", "/api/v1/auth/password"): lambda: {
        "current_password": PASSWORD,
        "new_password": "another long secret",
    },
    ("PATCH", "/api/v1/auth/me"): lambda: {"language": "es"},
    ("POST", "/api/v1/users"): lambda: {"username": "newcomer", "password": PASSWORD},
    ("PATCH", "/api/v1/users/{pk}"): lambda: {"language": "es"},
    ("POST", "/api/v1/api-keys"): lambda: {"name": "web shop"},
    ("PATCH", "/api/v1/api-keys/{pk}"): lambda: {"daily_limit": 50},
    ("POST", "/api/v1/register"): lambda: {"name": "Diego", "email": "diego@example.org"},
    ("POST", "/api/v1/customers"): lambda: {"name": "Diego"},
    ("PATCH", "/api/v1/customers/{pk}"): lambda: {"city": "Mérida"},
    ("POST", "/api/v1/leads"): lambda: {"email": "eva@example.org"},
    ("PATCH", "/api/v1/leads/{pk}"): lambda: {"sales_notes": "Calls back"},
    ("PATCH", "/api/v1/leads/{pk}/status"): lambda: {"status": "contacted"},
    ("PATCH", "/api/v1/leads/{pk}/assign"): lambda: {"assigned_to": None},
    ("POST", "/api/v1/actions"): lambda: {"lead": sams_lead().pk, "action_type": "call"},
    ("PATCH", "/api/v1/actions/{pk}"): lambda: {"details": "Calls back"},
    ("POST", "/api/v1/processes"): lambda: {"lead": sams_lead().pk, "name": "Second visit"},
    ("PATCH", "/api/v1/processes/{pk}"): lambda: {"name": "Second visit"},
    ("POST", "/api/v1/invoices"): lambda: {"customer": make_customer().pk},
    ("PATCH", "/api/v1/invoices/{pk}"): lambda: {"description": "As agreed"},
    ("POST", "/api/v1/invoices/{pk}/credit"): lambda: {
        "lines": [{"line": newest_line(), "quantity": 1}]
    },
    ("POST", "/api/v1/invoices/{pk}/payments"): lambda: {"amount": "1.00"},
    ("PUT", "/api/v1/customers/{pk}/photo"): lambda: {"photo": picture()},
}

# What must be asked for.
QUERIES = {"/api/v1/customers/search": "?q=customer"}


def picture(name: str = "face.png") -> SimpleUploadedFile:
    """Return an upload that is a small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


def stored_photo() -> str:
    return store(make_photo(picture()))


def address(route: Route, **values: Any) -> str:
    """Return where ``route`` is asked, its parameters filled in."""
    return route.at(**values) + QUERIES.get(str(route), "")


def values_for(route: Route) -> dict[str, Any]:
    """Make what the route's parameters name, and return their values."""
    if "{token}" in route.path:
        customer = MAKERS[Customer]()
        return {"token": signed_link(customer.pk, customer.photo).rpartition("/")[2]}
    if "audit-logs" in route.path:
        note("exported")
        return {"pk": f"securityevent-{SecurityEvent.objects.latest('id').pk}"}
    if "{" not in route.path or route.model is None:
        return {"rest": "nowhere"}
    record = MAKERS[route.model]()
    actions = set(route.actions.values())
    if "restore" in actions:
        record.archive()
    if actions & OF_ISSUED:
        record = make_invoice()
    if "issue" in actions:
        make_company()
    payment = record.record_payment(Decimal(1)).pk if "reverse" in actions else 0
    values = {"pk": record.pk, "phone": PHONE, "payment": payment}
    return {**values, "history_id": record.history.latest("history_id").history_id}


def headers_for(route: Route, method: str) -> dict[str, Any]:
    """Return the headers without which the request is refused."""
    matched = route.actions.get(method.lower()) in getattr(route.view, "matched", ())
    return {"HTTP_IF_MATCH": "*"} if matched else {}


def options_for(route: Route, method: str) -> dict[str, Any]:
    """Return the arguments for ``client.generic``: a body that is valid, where there is one."""
    headers = headers_for(route, method)
    if method not in ("POST", "PUT", "PATCH"):
        return headers
    body = BODIES.get((method, str(route)), dict)()
    if method == "PUT":
        return {"data": encode_multipart("limit", body), "content_type": MULTIPART}
    return {**headers, "data": json.dumps(body), "content_type": "application/json"}


def sample(route: Route, method: str) -> tuple[str, dict[str, Any]]:
    """Return the address and the arguments of a request that succeeds."""
    return address(route, **values_for(route)), options_for(route, method)
