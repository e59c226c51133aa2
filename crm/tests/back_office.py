"""For every page of the back office a record to show."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from accounts.tests.make import make_user
from crm.base.models import Notice, SecurityEvent
from crm.base.trail import security_events
from crm.tests.routes import Route
from crm.tests.samples import MAKERS, QUERIES, stored_photo
from customers.models import Customer
from invoices.models import CompanyProfile
from invoices.tests.make import make_company, make_invoice

# The pages of what is issued.
OF_ISSUED = ("payment/", "mail/", "credit/", "cancel/", "reverse/")


def model_of(route: Route) -> Any:
    """Return the model whose page the route is; None for a page of no model."""
    parts = route.path.split("/")
    try:
        return apps.get_model(parts[1], parts[2])
    except (LookupError, IndexError):
        return None


def make_event() -> SecurityEvent:
    security_events.note("login", actor_name="somebody")
    return SecurityEvent.objects.latest("id")


def make_notice() -> Notice:
    """Return one that was given up, so that it can be tried again."""
    fields = {"kind": "unknown", "channel": "email", "status": "failed", "key": uuid4().hex}
    return Notice.objects.create(recipient=make_user(), message_id=f"{uuid4()}@x", **fields)


def with_logo() -> CompanyProfile:
    company = make_company()
    company.set_logo(stored_photo())
    return company


def newest_entry(record: Any) -> int:
    """Return the number of the newest entry of the record's history; 0 where there is none."""
    entries = getattr(record, "history", None)
    return entries.latest("history_id").history_id if entries else 0


def page_of(route: Route) -> str:
    """Make what the page shows, and return its address."""
    makers = {**MAKERS, SecurityEvent: make_event, Notice: make_notice, CompanyProfile: with_logo}
    maker = makers.get(model_of(route), MAKERS[Customer])
    record = maker()
    if route.path.endswith("restore/"):
        record.archive()
    payment = None
    if route.path.endswith(OF_ISSUED):
        record = make_invoice()
        payment = record.record_payment(Decimal(1))
    values = {
        "object_id": record.pk,
        "payment": payment and payment.pk,
        "history_id": newest_entry(record),
        "app_label": "customers",
        "url": "nowhere/",
        "content_type_id": ContentType.objects.get_for_model(record).pk,
    }
    return route.at(**values) + QUERIES.get(str(route), "")
