"""OpenAPI 3: what every operation has in common is declared here, once."""

from datetime import datetime
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import BasePagination

from crm.base.api.pagination import MAX_PAGE_SIZE, PAGE_SIZE
from crm.base.tables import CSV, FORMATS, XLSX

API = "/api/"


class PagedList(BasePagination):
    """How a keyset page reads; ``crm.base.api.pagination.Page`` makes it."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri-reference", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "results": schema,
                "count": {
                    "type": "integer",
                    "nullable": True,
                    "description": (
                        "Only with ?count=true; null for a moment since which much has changed."
                    ),
                },
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return []


class Schema(AutoSchema):
    """Adds the parameters and headers that the base classes understand."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        parameters = [*super().get_override_parameters(), *self._own_parameters()]
        if self.view.verb in ("list", "history", "search", "due", "payments"):
            parameters += self._page_parameters()
        if self.method == "GET" and self.view.verb in getattr(self.view, "travelling", ()):
            told = "Answer with the data as it stood then; RFC 3339, with a time zone."
            parameters.append(OpenApiParameter("as_of", datetime, description=told))
        if self.exports():
            told = "Or by the Accept header. A file holds all rows, and takes no page."
            parameters.append(OpenApiParameter("format", str, enum=list(FORMATS), description=told))
        if self.method == "POST" and self.view.replayable:
            parameters.append(header("Idempotency-Key", "Repeat safely: same key, same answer."))
        required = self.view.verb in getattr(self.view, "matched", ())
        if required or self.method in ("PATCH", "PUT", "DELETE"):
            text = "The ETag read before; 412 when it changed."
            parameters.append(header("If-Match", text, required=required))
        return parameters

    def exports(self) -> bool:
        """Tell whether the answer may be a file for spreadsheets."""
        return self.method == "GET" and self.view.verb in getattr(self.view, "exported", ())

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if self.exports():
            file = {"schema": {"type": "string", "format": "binary"}}
            bodies["200"]["content"] |= {CSV: file, XLSX: file}
        return bodies

    def get_description(self) -> str:  # type: ignore[override]
        """Return the docstring with code marked as in Markdown, which is what the page shows."""
        return str(super().get_description()).replace("``", "`")

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        """Leave out a pattern with \\w, ASCII in JSON Schema but any script in Python."""
        AutoSchema._insert_field_validators(self, field, schema)
        if r"\w" in schema.get("pattern", ""):
            del schema["pattern"]

    def _own_parameters(self) -> list[OpenApiParameter]:
        names = self.view.parameters.get(self.view.verb, ())
        return [OpenApiParameter(name, str) for name in sorted(names)]

    def _page_parameters(self) -> list[OpenApiParameter]:
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        parameters = [
            OpenApiParameter("cursor", str, description="From next or previous."),
            OpenApiParameter("page_size", size),
            OpenApiParameter("count", bool, description="Count all; slow on long lists."),
        ]
        if self.view.verb == "list":
            names = [f"{sign}{name}" for name in self.view.orderings for sign in ("", "-")]
            parameters.append(OpenApiParameter("ordering", str, enum=names))
            if self.view.model.searchable:
                told = "Every word must occur."
                parameters.append(OpenApiParameter("search", str, description=told))
        return parameters


class SummarySchema(OpenApiSerializerFieldExtension):
    """Describes a foreign key that is answered with a few columns of what it points to."""

    target_class = "crm.base.api.fields.SummaryField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        if direction == "request":
            return {"type": "integer"}
        properties = {name: {"type": "string", "nullable": True} for name in self.target.names()}
        properties = {"id": {"type": "integer"}, **properties}
        return {"type": "object", "required": list(properties), "properties": properties}


def header(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, description=description, required=required
    )


def the_api(endpoints: list[Any]) -> list[Any]:
    """Leave out what is not the API's own; a list without any of it is kept as it is."""
    own = [endpoint for endpoint in endpoints if endpoint[0].startswith(API)]
    return own or endpoints
