from crm.base.fields import PersonField
from crm.base.serializers import RecordSerializer
from customers.models import Customer
from customers.photos import PhotoField


class CustomerSerializer(RecordSerializer):
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
