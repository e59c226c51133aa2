"""The addresses of its leads."""

from datetime import timedelta
from typing import Any, ClassVar, cast

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from crm.compat.answers import Answers
from crm.compat.fields import Query
from crm.compat.mini_crm.details import with_people
from crm.compat.mini_crm.ids import IDS, IdParameter, Reference
from crm.compat.mini_crm.lead_fields import LeadDetail, LeadFields
from crm.compat.mini_crm.queries import MOST, Moment, Window
from crm.compat.mini_crm.records import Records, missing
from crm.compat.mini_crm.tallying import counted
from leads.models import Channel, Lead, Status
from leads.statuses import move
from leads.views import LeadViewSet

NO_CLIENT = (400, "The specified client does not exist.")
NO_USER = (400, "The specified user does not exist.")
READING = ("advanced_search", "recent", "numbers")
A_WEEK = 168  # in hours


class LeadQuery(Window):
    status = serializers.ChoiceField(Status.choices, required=False)
    channel = serializers.ChoiceField(Channel.choices, required=False)
    assigned_to_id = IdParameter("user")


class AdvancedQuery(LeadQuery):
    client_id = IdParameter("client", source="customer_id")
    created_by_id = IdParameter("user")
    date_from = Moment(source="created_at__gte")
    date_to = Moment(source="created_at__lte", end=True)


class RecentQuery(Query):
    hours = serializers.IntegerField(min_value=1, max_value=A_WEEK, default=24)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=10)


class StatusBody(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Status.choices)


class AssignBody(serializers.Serializer[Any]):
    assigned_to_id = Reference(
        "user", queryset=User.objects.all(), required=False, allow_null=True, default=None
    )


class Leads(Records, LeadViewSet):
    queryset = Lead.objects.live()
    serializer_class: Any = LeadFields
    kind = "lead"
    verbs: ClassVar = {**LeadViewSet.verbs, "give": "assign", **dict.fromkeys(READING, "view")}
    answers: ClassVar[Answers] = {
        **missing("Lead"),
        "does_not_exist:client_id": NO_CLIENT,
        "not_live:customer": NO_CLIENT,
        "does_not_exist:assigned_to_id": NO_USER,
        "not_assignable:assigned_to": NO_USER,
    }

    @extend_schema(parameters=[LeadQuery])
    def list(self, request: Request) -> Response:
        """Leads that one may see, the newest first."""
        return self.window(self.get_queryset(), LeadQuery.of(self))

    @extend_schema(parameters=[AdvancedQuery], responses=LeadFields(many=True))
    def advanced_search(self, request: Request) -> Response:
        """Those that fit everything asked."""
        return self.window(self.get_queryset(), AdvancedQuery.of(self))

    @extend_schema(parameters=[RecentQuery], responses=LeadFields(many=True))
    def recent(self, request: Request) -> Response:
        """Those of the last ``hours``."""
        asked = RecentQuery.of(self)
        since = timezone.now() - timedelta(hours=asked["hours"])
        return self.window(self.get_queryset(), {"limit": asked["limit"], "created_at__gte": since})

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def numbers(self, request: Request) -> Response:
        """How many there are of each status and channel that there is."""
        columns = {"status": Status.values, "channel": Channel.values}
        counts = counted(self.get_queryset(), columns)
        return Response({f"by_{column}": numbers for column, numbers in counts.items()})

    @extend_schema(responses=LeadDetail)
    def retrieve(self, request: Request, pk: str) -> Response:
        """A lead, with its client and its people."""
        leads = self.get_queryset().select_related("created_by", "assigned_to")
        lead = leads.filter(self.named()).first()
        if lead is None:
            raise NotFound(code="absent")
        row = self.serializer().to_representation(lead)
        return Response(IDS.told(row | with_people(lead, request.user)))

    @extend_schema(request=StatusBody, responses=LeadFields)
    def move(self, request: Request, pk: str) -> Response:
        """Give the lead another status; to close one without a client makes or finds one."""
        lead, body = self.get_object(), StatusBody(data=request.data)
        body.is_valid(raise_exception=True)
        move(lead, body.validated_data["status"], self.service.title)
        return self.shown(lead)

    @extend_schema(request=AssignBody, parameters=[AssignBody], responses=LeadFields)
    def give(self, request: Request, pk: str) -> Response:
        """Give the lead to somebody, named in the query or in the body; else to nobody."""
        lead = self.get_object()
        asked = cast("dict[str, Any]", request.data) | request.query_params.dict()
        body = AssignBody(data=asked, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        lead.assign(body.validated_data["assigned_to_id"])
        return self.shown(lead)
