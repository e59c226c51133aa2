"""The addresses of its clients."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.refusals import BadRequest
from crm.base.phones import readable_phone
from crm.base.storing import tallies
from crm.compat.answers import Answers
from crm.compat.fields import Query
from crm.compat.mini_crm.client_fields import ClientFields
from crm.compat.mini_crm.ids import IDS
from crm.compat.mini_crm.lead_fields import ClientDetail, LeadFields
from crm.compat.mini_crm.queries import Moment, Window
from crm.compat.mini_crm.records import NEWEST, Records, missing
from crm.compat.mini_crm.searching import IDENTITIES, containing, narrowed
from crm.compat.mini_crm.tallying import counted
from customers.models import ClientType, Customer
from customers.views import CustomerViewSet
from leads.models import Lead

LONGEST = 300
READING = ("by_name", "advanced_search", "check_exists", "with_phone", "numbers")
NOTHING_ASKED = "At least one search parameter is required (phone, email, or instagram)"


class Text(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": LONGEST} | options)


class Handle(Text):
    """A name on Instagram; the ``@`` in front means nothing."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lstrip("@ ")


class NameQuery(Window):
    name = Text(required=True)


class ClientQuery(Window):
    contact_name = Text()
    company_name = Text()
    phone = Text(max_length=None)
    email = Text()
    instagram = Handle()
    country = Text()
    client_type = serializers.ChoiceField(ClientType.choices, required=False)
    date_from = Moment(source="created_at__gte")
    date_to = Moment(source="created_at__lte", end=True)


class ExistsQuery(Query):
    phone = Text(max_length=None, allow_blank=True)
    email = Text(allow_blank=True)
    instagram = Handle(allow_blank=True)


class Clients(Records, CustomerViewSet):
    queryset = Customer.objects.live()
    serializer_class: Any = ClientFields
    kind = "client"
    verbs: ClassVar = {**CustomerViewSet.verbs, **dict.fromkeys(READING, "view")}
    answers: ClassVar[Answers] = {
        **missing("Client"),
        "taken:phone": (400, "Client with phone '{phone}' already exists"),
        "taken:email": (400, "Client with email '{email}' already exists"),
        "required:company_name": (400, "Company name is required for juridical clients"),
        "nothing_asked": (400, NOTHING_ASKED),
    }

    def said(self) -> dict[str, Any]:
        """Name a phone that is taken as it is stored."""
        said = super().said()
        phone = str(said.get("phone"))
        return said | {"phone": readable_phone(phone) or phone}

    @extend_schema(parameters=[Window])
    def list(self, request: Request) -> Response:
        """Clients, the newest first."""
        return self.window(self.get_queryset(), Window.of(self))

    @extend_schema(parameters=[NameQuery], responses=ClientFields(many=True))
    def by_name(self, request: Request) -> Response:
        """Clients whose own or company's name contains ``name``."""
        asked = NameQuery.of(self)
        name = asked.pop("name")
        found = containing(self.get_queryset(), name, "contact_name", "company_name")
        return self.window(found, asked)

    @extend_schema(parameters=[ClientQuery], responses=ClientFields(many=True))
    def advanced_search(self, request: Request) -> Response:
        """Clients whose fields contain what is asked; a whole phone is found as it is."""
        asked = ClientQuery.of(self)
        return self.window(narrowed(self.get_queryset(), asked), asked)

    @extend_schema(parameters=[ExistsQuery], responses=ClientFields)
    def check_exists(self, request: Request) -> Response:
        """The first client with the phone, email or Instagram name; null for none."""
        asked, clients = ExistsQuery.of(self), self.get_queryset()
        if not any(asked.values()):
            raise BadRequest("", code="nothing_asked")
        found = (IDENTITIES[name](clients, text) for name, text in asked.items() if text)
        rows = (row for same in found for row in self.serializer().rows(same.order_by("id")[:1]))
        return Response(IDS.told(next(rows, None)))

    def with_phone(self, request: Request, phone: str) -> Response:
        """The client with this phone, in whatever spelling."""
        return Response(IDS.told(self.row(self.get_queryset().with_phone(phone))))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def numbers(self, request: Request) -> Response:
        """How many clients there are, and of each type that there is."""
        clients = self.get_queryset()
        by_type = counted(clients, {"client_type": ClientType.values})["client_type"]
        return Response({"total": tallies.total(clients), "by_type": by_type})

    @extend_schema(responses=ClientDetail)
    def retrieve(self, request: Request, pk: str) -> Response:
        """A client, with those of its leads that one may see."""
        row = self.row(self.get_queryset().filter(self.named()))
        leads = Lead.objects.live().visible_to(request.user).filter(customer=row["id"].pk)
        fields = LeadFields(context=self.get_serializer_context())
        return Response(IDS.told(row | {"leads": list(fields.rows(leads.order_by(*NEWEST)))}))
