"""Its leads, which are ours."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from accounts.models import User
from crm.base.api.plans import Row
from crm.compat.ids import Id
from crm.compat.mini_crm.client_fields import ClientFields
from crm.compat.mini_crm.fields import Fields
from crm.compat.mini_crm.ids import Reference
from crm.compat.mini_crm.people import PersonFields
from customers.models import Customer
from leads.models import Lead
from leads.statuses import move


class LeadFields(Fields):
    """A lead; whoever may not see management's notes reads null, and sets nothing."""

    id = Id("lead")
    client_id = Reference("client", source="customer", queryset=Customer.objects.all())
    assigned_to_id = Reference(
        "user",
        source="assigned_to",
        queryset=User.objects.all(),
        required=False,
        allow_null=True,
    )
    created_by_id = Id("user", allow_null=True)

    class Meta:
        model = Lead
        fields: ClassVar = [
            *("id", "client_id", "channel", "status", "admin_notes", "sales_notes"),
            *("assigned_to_id", "created_by_id", "created_at", "updated_at"),
        ]
        extra_kwargs: ClassVar = {"channel": {"required": True}}

    def update(self, instance: Lead, validated_data: Row) -> Lead:
        status = validated_data.pop("status", instance.status)
        lead: Lead = super().update(instance, validated_data)
        if status != lead.status:
            move(lead, status, self.context["view"].service.title)
        return lead

    def rows(self, queryset: QuerySet[Any], by_key: bool = False) -> Iterator[Row]:
        return map(_whole, super().rows(queryset, by_key))

    def to_representation(self, instance: Model) -> Row:
        return _whole(super().to_representation(instance))


def _whole(row: Row) -> Row:
    return dict.fromkeys(LeadFields.Meta.fields) | row


class LeadDetail(LeadFields):
    """A lead, its client, and who entered it and works on it."""

    client = ClientFields(read_only=True)
    created_by = PersonFields(read_only=True)
    assigned_to = PersonFields(read_only=True, allow_null=True)

    class Meta(LeadFields.Meta):
        fields: ClassVar = [*LeadFields.Meta.fields, "client", "created_by", "assigned_to"]


class ClientDetail(ClientFields):
    """A client, and those of its leads that one may see."""

    leads = LeadFields(many=True, read_only=True)

    class Meta(ClientFields.Meta):
        fields: ClassVar = [*ClientFields.Meta.fields, "leads"]
