"""May this actor do this verb? (On which rows is answered by ``visible_to``.)"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

# What each standard action of a viewset needs; a viewset adds its own in ``verbs``.
VERBS = {
    "list": "view",
    "retrieve": "view",
    "search": "view",
    "stats": "view",
    "history": "view",
    "version": "view",
    "create": "add",
    "partial_update": "change",
    "destroy": "archive",
    "restore": "restore",
    "put_back": "change",
}


class SignedIn(BasePermission):
    """Any user with a session; an API key is nobody, whose number may be somebody's."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, AbstractBaseUser)


class RolePermission(BasePermission):
    """Asks the actor for the permission that the action needs; unknown actions fail.

    A user's role answers, or the scopes of an API key.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        actor: Any = request.user
        if actor is None:
            return False
        action = getattr(view, "action", None)
        if action in (None, "metadata"):  # a method without a handler, or OPTIONS: 405 follows
            return True
        name = needed(view)
        if name is None or actor.has_perm(name):
            return name is not None
        if explain := getattr(actor, "why_not", None):
            self.message = explain(name)
        return False


def needed(view: Any) -> str | None:
    """Return the permission that the view's action needs; None for an unknown action."""
    verb = {**VERBS, **view.verbs}.get(view.action)
    if verb is None or "." in verb:
        return verb
    return permission(view.model, verb)


def permission(model: Any, verb: str) -> str:
    """Return the permission's name, such as ``customers.restore_customer``."""
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"
