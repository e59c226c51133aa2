"""May this actor do this verb? (On which rows is answered by ``visible_to``.)"""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

# What each standard action of a viewset needs; a viewset adds its own in ``verbs``.
VERBS = {
    "list": "view",
    "retrieve": "view",
    "search": "view",
    "stats": "view",
    "history": "view",
    "create": "add",
    "partial_update": "change",
    "destroy": "archive",
    "restore": "restore",
}


class SignedIn(BasePermission):
    """Any user with a session."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user is not None


class RolePermission(SignedIn):
    """Asks the actor's role for the permission that the action needs; unknown actions fail."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        action = getattr(view, "action", None)
        if action in (None, "metadata"):  # a method without a handler, or OPTIONS: 405 follows
            return True
        verb = {**VERBS, **view.verbs}.get(action)
        if verb is None:
            return False
        return request.user.has_perm(verb if "." in verb else permission(view.model, verb))


def permission(model: Any, verb: str) -> str:
    """Return the permission's name, such as ``customers.restore_customer``."""
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"
