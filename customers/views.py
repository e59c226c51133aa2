"""Customers over the API."""

from typing import Any, ClassVar

from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.errors import invalid
from crm.base.images import make_photo
from crm.base.photo_files import store
from crm.base.viewsets import ArchivableViewSet
from customers.filters import CustomerFilter
from customers.models import Customer
from customers.photos import customer_of, photo_response
from customers.serializers import CustomerSerializer


class CustomerViewSet(ArchivableViewSet):
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
    verbs: ClassVar = {
        "by_phone": "view",
        "photo": "view",
        "set_photo": "change",
        "remove_photo": "change",
    }
    rates: ClassVar = {"set_photo": "120/h"}
    parameters: ClassVar = ArchivableViewSet.parameters | {"photo": frozenset({"size"})}

    @action(detail=False, url_path=r"by-phone/(?P<phone>[^/]{1,60})")
    def by_phone(self, request: Request, phone: str) -> Response:
        """The customer with this phone, in whatever spelling."""
        customer = self.get_queryset().live().with_phone(phone).first()
        if customer is None:
            raise Http404
        return self.answer(customer)

    @action(detail=False)
    def stats(self, request: Request) -> Response:
        """How many customers there are, by type."""
        rows = self.get_queryset().live().order_by().values_list("client_type")
        by_type = dict(rows.annotate(Count("pk")))
        return Response({"total": sum(by_type.values()), "by_type": by_type})

    @action(detail=True)
    def photo(self, request: Request, pk: str) -> FileResponse:
        """The picture, or with ``?size=thumbnail`` a small square of it."""
        thumbnail = request.query_params.get("size") == "thumbnail"
        return photo_response(self.get_object(), thumbnail=thumbnail)

    @photo.mapping.put
    def set_photo(self, request: Request, pk: str) -> Response:
        """Upload a JPEG, PNG or WebP in the form field ``photo``."""
        customer = self.get_object()
        customer.set_photo(self.stored_photo)
        return self.answer(customer)

    @photo.mapping.delete
    def remove_photo(self, request: Request, pk: str) -> Response:
        """Show the customer without a picture."""
        self.get_object().set_photo(None)
        return Response(status=204)

    def get_parsers(self) -> list[Any]:
        uploads = self.request and self.action_map.get(self.request.method.lower()) == "set_photo"
        return [MultiPartParser()] if uploads else super().get_parsers()

    def prepare(self, request: Request) -> None:
        super().prepare(request)
        if self.action == "set_photo":
            upload = request.FILES.get("photo")
            if upload is None:
                raise invalid("photo", _("Send the picture in the form field photo."), "required")
            self.get_queryset().values("pk").get(pk=self.kwargs["pk"])
            self.stored_photo = store(make_photo(upload))


@require_safe
def photo_link(request: HttpRequest, token: str) -> FileResponse:
    """Show a photo to whoever holds its signed link."""
    thumbnail = request.GET.get("size") == "thumbnail"
    return photo_response(customer_of(token), thumbnail=thumbnail)
