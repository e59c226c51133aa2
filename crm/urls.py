"""Every address of the CRM."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from crm import health
from crm.base.api.problem_pages import not_found
from crm.docs import documentation

urlpatterns = [
    path("", health.home),
    path("admin", health.home),
    path("admin/", admin.site.urls),
    path("api/v1/", include("customers.urls")),  # what is asked for most is found first
    path("api/v1/", include("leads.urls")),
    path("api/v1/", include("invoices.urls")),
    path("api/v1/", include("accounts.urls")),
    path("api/v1/", include("audit.urls")),
    path("api/<path:rest>", csrf_exempt(not_found)),
    path("compat/", include("crm.compat.urls")),
    path("compat/<path:rest>", csrf_exempt(not_found)),
    path("health", health.live),
    path("ready", health.ready),
    *documentation,
]

handler400 = "crm.base.api.problem_pages.bad_request"
handler403 = "crm.base.api.problem_pages.forbidden"
handler404 = "crm.base.api.problem_pages.not_found"
handler500 = "crm.base.api.problem_pages.server_error"
