"""What was done about leads and what happens next, over the API."""

from typing import ClassVar, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.exports import Exportable
from crm.base.api.pagination import PARAMETERS, Page
from crm.base.past.travel_viewsets import TimeTravel
from leads.agenda import DUE_FIRST, today
from leads.filters import ActionFilter, ProcessFilter
from leads.models import Action, Process
from leads.querysets import ProcessQuerySet
from leads.serializers import ActionSerializer, ProcessSerializer


class ActionViewSet(Exportable, TimeTravel):
    """What was done; the first action of a lead opens its process, later ones move it on."""

    queryset = Action.objects.all()
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    orderings: ClassVar = {"id": ("id",), "occurred_at": ("occurred_at", "id")}
    verbs: ClassVar = {"destroy": "delete"}

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take back what was noted by mistake; the next step keeps its date."""
        self.get_object().delete()
        return Response(status=204)


class ProcessViewSet(Exportable, TimeTravel):
    """What happens next."""

    queryset = Process.objects.all()
    serializer_class = ProcessSerializer
    filterset_class = ProcessFilter
    orderings: ClassVar = {"id": ("id",)}
    verbs: ClassVar = {"due": "view", "destroy": "delete"}
    parameters: ClassVar = {"due": PARAMETERS | ProcessFilter.parameters()}

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take back a step that was planned by mistake; the history keeps it."""
        self.get_object().delete()
        return Response(status=204)

    @extend_schema(responses=ProcessSerializer(many=True))
    @action(detail=False)
    def due(self, request: Request) -> Response:
        """What is overdue, and what is to be done until the asker's day ends; in this order."""
        found = cast("ProcessQuerySet", self.filter_queryset(self.get_queryset()))
        steps = found.due(today(request.user).end)
        page = Page(steps, DUE_FIRST, request.query_params)
        return Response(page.answer(request.path, self.serializer().rows))
