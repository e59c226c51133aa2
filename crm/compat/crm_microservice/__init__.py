"""004, the CRM Microservice: leads, what was done about them, and what happens next."""

from typing import Any

from crm.compat.crm_microservice.actions import Actions
from crm.compat.crm_microservice.fields import IDS
from crm.compat.crm_microservice.leads import Leads
from crm.compat.crm_microservice.processes import Processes
from crm.compat.documentation import documented
from crm.compat.fixed import Fixed
from crm.compat.service import Service

ALL = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "put": "partial_update", "delete": "destroy"}


def twice(detail: Any) -> dict[str, Any]:
    """Return the body of an error: ``error`` is a text whatever ``detail`` is."""
    if not isinstance(detail, list):
        return {"detail": detail, "error": detail}
    texts = [": ".join([*row["loc"][1:], row["msg"]]) for row in detail]
    return {"detail": detail, "error": "; ".join(texts)}


SERVICE = Service(
    slug=IDS.service,
    title="CRM Microservice",
    description="Leads, actions and processes, for scripts and other services.",
    shape=twice,
)
urlpatterns = documented(
    SERVICE,
    SERVICE.at("leads", Leads, ALL),
    SERVICE.at("leads/<str:pk>", Leads, ONE),
    SERVICE.at("actions", Actions, ALL),
    SERVICE.at("actions/<str:pk>", Actions, ONE),
    SERVICE.at("processes", Processes, ALL),
    SERVICE.at("processes/<str:pk>", Processes, ONE),
    SERVICE.at("health", Fixed, body={"status": "healthy"}),
)
