"""Reads permissions from the table of roles: there is nothing to synchronise."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.roles import may


class RoleBackend(ModelBackend):
    """Checks passwords as Django does and answers permissions by role."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and may(user_obj.role, perm)
