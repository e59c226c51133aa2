"""Its users, which are our customers."""

import re
from typing import Any, ClassVar

from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.plans import Row
from crm.base.api.refusals import BadRequest
from crm.compat.answers import Answers
from crm.compat.console_crm.signed import SignedEndpoint
from crm.compat.console_crm.usuario_fields import CreatedSerializer, NewUser, UserFields, UserQuery
from crm.compat.models import LegacyId
from customers.models import CustomerQuerySet
from customers.registration import create_with_any_phone
from customers.views import CustomerViewSet

CUSTOMER = "customer"  # as the table of legacy ids knows it, by the number in USR007
CREATED = "✅ Usuario {name} {surname} creado correctamente."
MISSING = (400, "❌ Faltan campos obligatorios")
BAD_EMAIL = (400, "❌ El email no tiene un formato válido")


class Users(SignedEndpoint, CustomerViewSet):
    serializer_class: Any = UserFields
    verbs: ClassVar = {"find": "view"}
    answers: ClassVar[Answers] = {
        "blank": MISSING,
        "null": MISSING,
        "invalid:email": BAD_EMAIL,
        "max_length:email": BAD_EMAIL,
        "taken:email": (400, "❌ Ya existe un usuario con ese email"),
        "quota_exceeded": (429, "🚫 Límite diario de {limit} usuarios alcanzado para esta clave"),
        "nothing_asked": (400, "Debes proporcionar email o nombre"),
        "not_found": (404, "Usuario no encontrado"),
    }
    may_answer: ClassVar = ("nothing_asked", "not_found")

    def prepare(self, request: Request) -> None:
        """Tell of a quota that is used up before anything is read; a replay takes none."""
        key: Any = request.user
        if "Idempotency-Key" not in request.headers:
            key.check_quota()
        super().prepare(request)

    def said(self) -> Row:
        return {**super().said(), "limit": getattr(self.request.user, "daily_limit", "")}

    @extend_schema(request=NewUser, responses={200: CreatedSerializer})
    def create(self, request: Request) -> Response:
        """Create a user: so many a day for each key. Values in the body or in the query."""
        values = NewUser.of(self)
        create_with_any_phone(values)
        key: Any = request.user
        told = {
            "message": CREATED.format_map(values),
            "usuarios_creados_hoy_con_esta_clave": key.quota.used,
            "limite_diario": key.quota.limit,
        }
        return Response(told)

    @extend_schema(parameters=[UserQuery], responses=UserFields)
    def find(self, request: Request) -> Response:
        """The user with an ``email``, or the first one with a ``nombre``, in any case."""
        asked = {name: value for name, value in UserQuery.of(self).items() if value}
        if not asked:
            raise BadRequest("", code="nothing_asked")
        users = self.get_queryset().live()
        if "email" in asked:
            found = users.filter(email=asked["email"])
        else:
            found = named(users, asked["nombre"])
        row = next(self.serializer().rows(found.order_by("pk")[:1]), None)
        if row is None:
            raise Http404
        known = LegacyId.objects.shown(self.service.slug, CUSTOMER, [row["id"]])
        return Response({**row, "id": user_number(known.get(row["id"], str(row["id"])))})


def user_number(known: str) -> str:
    """Return the id that clients know: USR007; one that is no number as it is."""
    return f"USR{known:>03}" if known.isdecimal() else known


def named(users: CustomerQuerySet, text: str) -> CustomerQuerySet:
    """Keep those of ``users`` with every word of ``text`` in their names, in any case."""
    found = users.search(text)
    for word in text.split():
        escaped = re.escape(word)
        found = found.filter(Q(name__iregex=escaped) | Q(surname__iregex=escaped))
    return found
