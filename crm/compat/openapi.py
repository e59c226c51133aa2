"""Each service's own description (OpenAPI 3)."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from crm.base.api.openapi import Schema
from crm.compat.answers import Answer
from crm.compat.service import Service

INVALID_STATUS = 422
ROW = {
    "type": "object",
    "required": ["loc", "msg", "type"],
    "properties": {
        "loc": {"type": "array", "items": {"type": "string"}},
        "msg": {"type": "string"},
        "type": {"type": "string"},
    },
}


def error_body(service: Service, status: int) -> dict[str, Any]:
    """Return the schema of the body of an error, which the service's ``shape`` gives it."""
    shaped = service.shape([] if status == INVALID_STATUS else "")
    rows = {"type": "array", "items": ROW}
    told = {"description": "What is wrong."}
    properties = {
        name: told | (rows if isinstance(value, list) else {}) for name, value in shaped.items()
    }
    return {"type": "object", "required": list(shaped), "properties": properties}


class ServiceSchema(Schema):
    """Describes an operation of a service, with the errors that its view may answer."""

    view: Any

    def get_tags(self) -> list[str]:
        return [self.view.service.title]

    def get_override_parameters(self) -> list[Any]:
        return []

    def get_operation(self, *args: Any, **options: Any) -> Any:
        operation = super().get_operation(*args, **options)
        if operation is None:
            return None
        for status in self.errors():
            content = {"application/json": {"schema": error_body(self.view.service, status)}}
            described = {"description": "Error", "content": content}
            operation["responses"].setdefault(str(status), described)
        operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def errors(self) -> set[int]:
        """Return the statuses of errors that this operation may answer."""
        found = {503, *(status for status, _text in self.told())}
        if self.view.authentication_classes:
            found |= {401, 403, 429}
        if self.method != "GET":
            found |= {409, 413, 422, 429}
        if "{" in self.path:
            found |= {404, INVALID_STATUS}
        if self.view.verb == "list" or self.get_override_parameters():
            found.add(INVALID_STATUS)
        return found

    def told(self) -> list[Answer]:
        """Return the answers to what writing may meet, and those that the view says it gives."""
        view = self.view
        own = [
            told
            for code, told in view.answers.items()
            if ":" in code and self.method in ("POST", "PATCH")
        ]
        known = {**view.service.texts, **view.answers}
        return [*own, *(known[code] for code in view.may_answer)]


class ServiceSignIn(OpenApiAuthenticationExtension):
    """Tells the description how one signs in, so that its Authorize button works."""

    target_class = "crm.compat.tokens.ServiceAuthentication"
    name = "signIn"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        service = auto_schema.view.service
        address = f"/compat/{service.slug}/{service.sign_in}"
        flow = {"tokenUrl": address, "scopes": {}}
        return {"type": "oauth2", "flows": {"password": flow}}
