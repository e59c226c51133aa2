"""Leads over the API."""

from typing import ClassVar, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.archivable_viewsets import ArchivableViewSet
from crm.base.api.exports import Exportable
from crm.base.api.filter_fields import MomentField
from crm.base.past.travel_viewsets import TimeTravel
from crm.base.past.version_viewsets import Versioned
from leads.agenda import zone_of
from leads.conversion import convert
from leads.filters import LeadFilter
from leads.matching import duplicates
from leads.models import Action, Lead
from leads.querysets import LeadQuerySet
from leads.reports import LeadStatsSerializer, StaySerializer, shown
from leads.serializers import (
    AssignBody,
    ConvertBody,
    DuplicatesSerializer,
    LatestActionSerializer,
    LeadDetailSerializer,
    LeadSerializer,
    MoveBody,
    NewLeadSerializer,
)
from leads.stats import stats
from leads.status_history import statuses
from leads.statuses import move

LATEST = 5


class LeadViewSet(Exportable, TimeTravel, Versioned, ArchivableViewSet):
    """Leads; DELETE archives."""

    queryset = Lead.objects.all()
    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    orderings: ClassVar = {
        "id": ("id",),
        "created_at": ("created_at", "id"),
        "updated_at": ("updated_at", "id"),
    }
    verbs: ClassVar = {
        "statuses": "view",
        "move": "change",
        "assign": "assign",
        "convert": "convert",
    }
    parameters: ClassVar = {**ArchivableViewSet.parameters, "stats": LeadFilter.parameters()}

    @extend_schema(responses={201: NewLeadSerializer})
    def create(self, request: Request) -> Response:
        """Enter a lead; the answer tells who it may be twice, of those one may see."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        lead = serializer.save()
        response = self.answer(lead, status=201)
        found = duplicates(lead, request.user)
        response.data["duplicates"] = DuplicatesSerializer(found._asdict()).data
        return response

    @extend_schema(responses=LeadDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """A lead, with the last that was done about it."""
        response = super().retrieve(request, pk)
        actions = Action.objects.filter(lead=int(pk)).order_by("-occurred_at", "-id")[:LATEST]
        response.data["latest_actions"] = list(LatestActionSerializer().rows(actions))
        return response

    @extend_schema(responses=StaySerializer(many=True), filters=False)
    @action(detail=True, url_path="status", pagination_class=None)
    def statuses(self, request: Request, pk: str) -> Response:
        """How long the lead was in each status, and who moved it there; the oldest first."""
        return Response([shown(stay) for stay in statuses(self.get_object())])

    @extend_schema(request=MoveBody, responses=LeadSerializer)
    @statuses.mapping.patch
    def move(self, request: Request, pk: str) -> Response:
        """Give the lead another status; to close one without a customer is to convert it."""
        lead, values = self.get_object(), MoveBody.of(self)
        move(lead, values["status"], values["reason"], ask_why=True)
        return self.answer(lead)

    @extend_schema(request=AssignBody, responses=LeadSerializer)
    @action(detail=True, methods=["patch"])
    def assign(self, request: Request, pk: str) -> Response:
        """Give the lead to somebody active, or with null to nobody."""
        lead = self.get_object()
        lead.assign(AssignBody.of(self)["assigned_to"])
        return self.answer(lead)

    @extend_schema(request=ConvertBody, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def convert(self, request: Request, pk: str) -> Response:
        """Close the lead as won, with the customer it is: the one that is known, or a new one."""
        lead, values = self.get_object(), ConvertBody.of(self)
        convert(lead, values["customer"], anew=values["new_customer"])
        return self.answer(lead)

    @extend_schema(responses=LeadStatsSerializer)
    @action(detail=False, pagination_class=None)
    def stats(self, request: Request) -> Response:
        """How many leads there are, of which kind and whose, and how many are won how soon.

        The conversion is that of the leads created in the 90 days before now, or before
        ``created_at_before``, unless ``created_at_after`` says otherwise: three years ago at most.
        """
        leads = cast("LeadQuerySet", self.filter_queryset(self.get_queryset()))
        moment, query = MomentField(required=False), request.query_params
        since, until = (moment.clean(query.get(f"created_at_{end}")) for end in ("after", "before"))
        return Response(stats(leads, zone_of(request.user), since=since, until=until))
