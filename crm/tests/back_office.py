"""For every page of the back office a record to show."""

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from crm.base import security_events
from crm.base.models import SecurityEvent
from crm.tests.routes import Route
from crm.tests.samples import MAKERS, QUERIES
from customers.models import Customer


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


def page_of(route: Route) -> str:
    """Make what the page shows, and return its address."""
    maker = {**MAKERS, SecurityEvent: make_event}.get(model_of(route), MAKERS[Customer])
    record = maker()
    if route.path.endswith("restore/"):
        record.archive()
    values = {
        "object_id": record.pk,
        "app_label": "customers",
        "url": "nowhere/",
        "content_type_id": ContentType.objects.get_for_model(record).pk,
    }
    return route.at(**values) + QUERIES.get(str(route), "")
