"""Tells the API's description how one signs in, so that Swagger's Authorize button works."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts.scopes import Scope, may
from crm.base.api.permissions import RolePermission, needed


class SessionTokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.tokens.SessionTokenAuthentication"
    name = "signIn"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "oauth2",
            "flows": {"password": {"tokenUrl": "/api/v1/auth/login", "scopes": {}}},
        }


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.key_auth.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """Offer a key where one of its scopes may let it in."""
        view = auto_schema.view
        by_role = RolePermission in view.permission_classes
        return [{self.name: []}] if by_role and may(Scope.values, needed(view) or "") else []

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "X-API-Key"}
