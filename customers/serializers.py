from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.base.api.bodies import Body
from crm.base.api.fields import PersonField
from crm.base.api.serializers import RecordSerializer
from crm.base.images import Photo, make_photo
from customers.models import ClientType, Customer
from customers.photos import PhotoField


class CustomerSerializer(RecordSerializer):
    """A customer; ``photo`` is changed at its own address."""

    photo = PhotoField()
    created_by = PersonField()
    modified_by = PersonField()

    class Meta:
        model = Customer
        fields = [
            *("id", "uuid", "external_id", "client_type", "name", "surname", "company_name"),
            *("tax_id", "email", "phone", "phone_as_given", "instagram", "address", "city"),
            *("postal_code", "country", "country_code", "age", "gender", "photo", "photo_url"),
            *("registered_at", "created_at", "created_by", "updated_at", "modified_by"),
            *("archived_at", "version"),
        ]


class RegistrationSerializer(RecordSerializer):
    """What somebody may say of themselves in a public form."""

    class Meta:
        model = Customer
        fields = [
            *("client_type", "name", "surname", "company_name", "tax_id", "email", "phone"),
            *("instagram", "address", "city", "postal_code", "country", "age", "gender"),
        ]
        extra_kwargs: ClassVar = {
            "email": {"required": True, "allow_null": False, "allow_blank": False}
        }


class AcceptedSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["accepted"])


class PhotoUploadSerializer(Body):
    """A form with one file."""

    photo = serializers.FileField(help_text=_("JPEG, PNG or WebP, at most 5 MB."))

    def validate_photo(self, upload: Any) -> Photo:
        """Return the photo made of the file: a picture is valid when it can be shown."""
        return make_photo(upload)


class CountryCountSerializer(serializers.Serializer[Any]):
    country_code = serializers.CharField(help_text=_("ISO 3166-1, two letters."))
    count = serializers.IntegerField()


class ByTypeSerializer(serializers.Serializer[Any]):
    """A number for every type, zero included."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField() for name in ClientType.values}


class CustomerStatsSerializer(serializers.Serializer[Any]):
    """Numbers of the live customers that one may see."""

    total = serializers.IntegerField()
    by_type = ByTypeSerializer()
    registered_last_30_days = serializers.IntegerField()
    by_country = CountryCountSerializer(
        many=True, help_text=_("The ten largest, without customers of unknown country.")
    )
