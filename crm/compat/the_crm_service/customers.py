"""Its customers, which are ours."""

from typing import Any, ClassVar

from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.parsers import check_text
from crm.compat.answers import Answers
from crm.compat.the_crm_service.customer_fields import CustomerSerializer, NewCustomer, known_as
from crm.compat.the_crm_service.records import DeletableRecords, PageQuery, page, page_of
from customers.serializers import PhotoUploadSerializer
from customers.views import CustomerViewSet


class Customers(DeletableRecords, CustomerViewSet):
    serializer_class: Any = CustomerSerializer
    answers: ClassVar[Answers] = {
        "not_found": (404, "Customer not found."),
        "taken:external_id": (400, "The customer ID already exists."),
        "taken:id": (400, "The customer ID already exists."),
    }

    def named(self) -> Q:
        try:
            check_text(self.kwargs["pk"])
        except ParseError as error:
            raise Http404 from error
        return known_as(self.kwargs["pk"])

    @extend_schema(parameters=[PageQuery], responses=page_of(CustomerSerializer))
    def list(self, request: Request) -> Response:
        """Customers by page, deleted ones too unless ``only_actives``."""
        asked = PageQuery.of(self)
        customers = self.get_queryset()
        return page(self, customers.live() if asked["only_actives"] else customers, asked)

    @extend_schema(request=NewCustomer, responses={201: None})
    def create(self, request: Request) -> Response:
        """Create a customer with an ``id`` of your choice."""
        form = NewCustomer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        form.save()
        return Response(None, 201)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One customer, also a deleted one."""
        return self.shown()

    @extend_schema(request={"multipart/form-data": PhotoUploadSerializer})
    def set_photo(self, request: Request, pk: str) -> Response:
        """Upload a JPEG, PNG or WebP in the form field ``photo``; ``photo_url`` then shows it."""
        super().set_photo(request, pk)
        return self.shown()

    def shown(self) -> Response:
        found = self.serializer().rows(self.get_queryset().filter(self.named()).order_by())
        row = next(found, None)
        if row is None:
            raise Http404
        return Response(row)
