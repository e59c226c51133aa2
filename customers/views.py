"""Customers over the API."""

from typing import ClassVar, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.exports import Exportable
from crm.base.api.pagination import PARAMETERS, Page
from crm.base.api.refusals import BadRequest
from crm.base.past.travel_viewsets import TimeTravel
from crm.base.past.version_viewsets import Versioned
from customers.filters import CustomerFilter
from customers.models import Customer, CustomerQuerySet
from customers.photo_views import PhotoViewSet
from customers.serializers import CustomerSerializer, CustomerStatsSerializer
from customers.stats import stats


class CustomerViewSet(Exportable, TimeTravel, Versioned, PhotoViewSet):
    """Customers; DELETE archives."""

    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    orderings: ClassVar = {
        "id": ("id",),
        "name": ("name", "id"),
        "created_at": ("created_at", "id"),
        "updated_at": ("updated_at", "id"),
        "registered_at": ("registered_at", "id"),
    }
    verbs: ClassVar = {**PhotoViewSet.verbs, "by_phone": "view"}
    parameters: ClassVar = {**PhotoViewSet.parameters, "search": PARAMETERS | {"q"}}

    def get_queryset(self) -> CustomerQuerySet:
        return cast("CustomerQuerySet", super().get_queryset())

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description="Every word must occur.")
        ],
        responses=CustomerSerializer(many=True),
        filters=False,
    )
    @action(detail=False)
    def search(self, request: Request) -> Response:
        """Live customers with every word of ``q`` in their names and numbers, newest first."""
        text = request.query_params.get("q", "").strip()
        if not text:
            raise BadRequest(_("Say what to search for in q."), field="q", code="required")
        found = self.get_queryset().live().search(text)
        page = Page(found, self.ordering(), request.query_params)
        return Response(page.answer(request.path, self.serializer().rows))

    @extend_schema(parameters=[OpenApiParameter("phone", str, OpenApiParameter.PATH)])
    @action(detail=False, url_path="by-phone/(?P<phone>.+)")
    def by_phone(self, request: Request, phone: str) -> Response:
        """The live customer with this phone, in whatever spelling."""
        return self.single(self.get_queryset().live().with_phone(phone))

    @extend_schema(responses=CustomerStatsSerializer)
    @action(detail=False)
    def stats(self, request: Request) -> Response:
        """How many live customers there are, and of which kind."""
        return Response(stats(self.get_queryset().live()))
