"""000, the API of a console application: users and their invoices. It speaks Spanish."""

from crm.compat.console_crm.facturas import Invoices
from crm.compat.console_crm.reportes import Report
from crm.compat.console_crm.usuarios import Users
from crm.compat.documentation import documented
from crm.compat.service import Service

NOT_PERMITTED = (403, "🔐 La clave API no permite esta operación")

SERVICE = Service(
    slug="console-crm",
    title="CRM Console",
    description="Usuarios y facturas para sistemas externos, con una clave API.",
    answers={
        "invalid_token": (403, "🔐 Clave API inválida o ausente"),
        "permission_denied": NOT_PERMITTED,
        "forbidden": NOT_PERMITTED,
    },
)
urlpatterns = documented(
    SERVICE,
    SERVICE.at("usuarios", Users, {"get": "find", "post": "create"}),
    SERVICE.at("facturas", Invoices, {"get": "list", "post": "create"}),
    SERVICE.at("reportes", Report, {"get": "summary"}),
)
