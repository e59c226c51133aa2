"""001, the Mini CRM: clients and leads, for a single-page application."""

from datetime import timedelta

from django.conf import settings

from crm.compat.documentation import documented
from crm.compat.fixed import Fixed
from crm.compat.mini_crm.audit import AuditLogs, RecordAuditLogs
from crm.compat.mini_crm.clients import Clients
from crm.compat.mini_crm.ids import IDS
from crm.compat.mini_crm.leads import Leads
from crm.compat.mini_crm.users import Login, Me, Users
from crm.compat.service import Service

WELCOME = {"message": "Welcome to Mini CRM API", "docs": "/docs", "version": settings.VERSION}
RECORD = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
RECORDS = {"get": "list", "post": "create"}

SERVICE = Service(
    slug=IDS.service,
    title="Mini CRM",
    description="Clients, and leads from the web, WhatsApp and Instagram.",
    answers={"wrong_credentials": (401, "Incorrect username or password")},
    sign_in="auth/login",
    lifetime=timedelta(hours=24),
)
at = SERVICE.at
urlpatterns = documented(
    SERVICE,
    at("", Fixed, body=WELCOME),
    at("health", Fixed, body={"status": "healthy"}),
    at("auth/login", Login),
    at("auth/me", Me),
    at("users", Users, RECORDS),
    at("users/<str:pk>", Users, RECORD),
    at("clients", Clients, RECORDS),
    at("clients/stats", Clients, {"get": "numbers"}),
    at("clients/search", Clients, {"get": "by_name"}),
    at("clients/advanced-search", Clients, {"get": "advanced_search"}),
    at("clients/check-exists", Clients, {"get": "check_exists"}, may_answer=["nothing_asked"]),
    at("clients/by-phone/<path:phone>", Clients, {"get": "with_phone"}),
    at("clients/<str:pk>", Clients, RECORD),
    at("leads", Leads, RECORDS),
    at("leads/stats", Leads, {"get": "numbers"}),
    at("leads/recent", Leads, {"get": "recent"}),
    at("leads/advanced-search", Leads, {"get": "advanced_search"}),
    at("leads/<str:pk>", Leads, RECORD),
    at("leads/<str:pk>/status", Leads, {"patch": "move"}),
    at("leads/<str:pk>/assign", Leads, {"patch": "give"}),
    at("audit-logs", AuditLogs),
    at("audit-logs/table/<str:table_name>/<str:record_id>", RecordAuditLogs),
)
