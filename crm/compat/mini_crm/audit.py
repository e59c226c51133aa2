"""The addresses of its audit log."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Role
from crm.compat.mini_crm.ids import IDS
from crm.compat.mini_crm.past import ACTIONS, entries, keys
from crm.compat.mini_crm.people import PersonFields
from crm.compat.mini_crm.queries import Window
from crm.compat.mini_crm.records import positive
from crm.compat.views import ServiceEndpoint

MOST = 500


class Administrators(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request.user, "actor_role", None) == Role.ADMIN


class EntriesQuery(Window):
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=100)
    table_name = serializers.CharField(required=False)
    record_id = serializers.IntegerField(min_value=0, required=False)
    user_id = serializers.IntegerField(min_value=0, required=False)
    action = serializers.ChoiceField(list(ACTIONS), required=False)


class RecordQuery(Window):
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=MOST)


class EntrySerializer(serializers.Serializer[Any]):
    """One change: the whole row before and after it, as its own table shows it."""

    id = serializers.IntegerField()
    table_name = serializers.CharField()
    record_id = serializers.IntegerField()
    action = serializers.ChoiceField(list(ACTIONS))
    old_values = serializers.DictField(allow_null=True)
    new_values = serializers.DictField(allow_null=True)
    changed_by_id = serializers.IntegerField(help_text="0 for a program.")
    created_at = serializers.DateTimeField()
    user = PersonFields()


class AuditEndpoint(ServiceEndpoint):
    permission_classes: Any = (Administrators,)

    def entries(self, asked: dict[str, Any]) -> Response:
        start = asked["skip"]
        chosen = keys(asked, start, start + asked["limit"])
        return Response(IDS.told(entries(chosen, self.request.user)))


class AuditLogs(AuditEndpoint):
    @extend_schema(parameters=[EntriesQuery], responses=EntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        """What was changed, the newest first."""
        return self.entries(EntriesQuery.of(self))


class RecordAuditLogs(AuditEndpoint):
    @extend_schema(parameters=[RecordQuery], responses=EntrySerializer(many=True))
    def get(self, request: Request, table_name: str, record_id: str) -> Response:
        """What was changed of one record, the newest first."""
        named = {"table_name": table_name, "record_id": positive(record_id)}
        return self.entries(RecordQuery.of(self) | named)
