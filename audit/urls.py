from django.urls import path, re_path

from audit.views import AuditLogViewSet

ENTRY = r"^audit-logs/(?P<pk>[a-z_]{1,100}-[0-9]{1,18})$"

urlpatterns = [
    path("audit-logs", AuditLogViewSet.as_view({"get": "feed"}), name="audit-logs"),
    re_path(ENTRY, AuditLogViewSet.as_view({"get": "entry"}), name="audit-log"),
]
