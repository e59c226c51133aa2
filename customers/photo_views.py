"""A customer's photo over the API: one file in a form comes in, a picture goes out."""

from typing import Any, ClassVar

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api import etags
from crm.base.api.archivable_viewsets import ArchivableViewSet
from crm.base.api.parsers import StrictMultiPartParser
from crm.base.api.refusals import BadRequest
from crm.base.api.views import Endpoint
from crm.base.photo_files import store
from customers.photos import THUMBNAIL, customer_of, photo_response
from customers.serializers import PhotoUploadSerializer

SIZE = frozenset({"size"})
describe_photo = extend_schema(
    parameters=[OpenApiParameter("size", str, enum=[THUMBNAIL], description="A small square.")],
    responses={(200, "image/webp"): OpenApiTypes.BINARY},
)


def wants_thumbnail(request: Request) -> bool:
    """Return whether ``?size=`` asks for the thumbnail; raises 400 for any other size."""
    size = request.query_params.get("size")
    if size not in (None, THUMBNAIL):
        message = _("The only size is %(size)s.") % {"size": THUMBNAIL}
        raise BadRequest(message, field="size", code="bad_value")
    return size is not None


class PhotoViewSet(ArchivableViewSet):
    """What a viewset of records with a photo adds."""

    verbs: ClassVar = {"photo": "view", "set_photo": "change", "remove_photo": "change"}
    rates: ClassVar = {"set_photo": "120/h"}
    parameters: ClassVar = {**ArchivableViewSet.parameters, "photo": SIZE}
    stored_photo = ""

    @describe_photo
    @action(detail=True)
    def photo(self, request: Request, pk: str) -> FileResponse:
        """The picture, or with ``?size=thumbnail`` a small square of it."""
        return photo_response(self.get_object(), thumbnail=wants_thumbnail(request))

    @extend_schema(request={"multipart/form-data": PhotoUploadSerializer})
    @photo.mapping.put
    def set_photo(self, request: Request, pk: str) -> Response:
        """Upload a JPEG, PNG or WebP in the form field ``photo``."""
        customer = self.get_object()
        customer.set_photo(self.stored_photo)
        return self.answer(customer)

    @extend_schema(responses={204: None})
    @photo.mapping.delete
    def remove_photo(self, request: Request, pk: str) -> Response:
        """Show the customer without a picture."""
        self.get_object().set_photo(None)
        return Response(status=204)

    def get_parsers(self) -> list[Any]:
        method = str(getattr(self.request, "method", None))  # no request while the API is described
        action = self.action_map.get(method.lower())
        return [StrictMultiPartParser()] if action == "set_photo" else super().get_parsers()

    def prepare(self, request: Request) -> None:
        super().prepare(request)
        if self.action == "set_photo":
            self._refuse_in_vain(request)
            upload = PhotoUploadSerializer(data=request.data)
            upload.is_valid(raise_exception=True)
            self.stored_photo = store(upload.validated_data["photo"])

    def _refuse_in_vain(self, request: Request) -> None:
        """Raise what ``set_photo`` would raise under its lock, before a picture is decoded."""
        customer = self.get_queryset().filter(self.named()).first()
        if customer is None:
            raise Http404
        etags.check_match(request, customer.pk, customer.version)
        customer.guard(["photo"])


class PhotoLinkView(Endpoint):
    """Shows a photo to whoever holds its signed link."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parameters: ClassVar = {"get": SIZE, "head": SIZE}

    @extend_schema(operation_id="customers_photo_link")
    @describe_photo
    def get(self, request: Request, token: str) -> FileResponse:
        """The picture behind a link that a customer's ``photo`` gave less than an hour ago."""
        return photo_response(customer_of(token), thumbnail=wants_thumbnail(request))
