"""Reads permissions from the table of roles: there is nothing to synchronise."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.roles import may

_at_hand: ContextVar[Any] = ContextVar("user_at_hand", default=None)


@contextmanager
def at_hand(user: Any) -> Iterator[None]:
    """Spare a block the statement for ``user``, who was only just read; None changes nothing.

    Once it ends nothing is left that a later request could take for true.
    """
    token = _at_hand.set(user)
    try:
        yield
    finally:
        _at_hand.reset(token)


class RoleBackend(ModelBackend):
    """Checks passwords as Django does and answers permissions by role."""

    def get_user(self, user_id: Any) -> Any:
        user = _at_hand.get()
        if user is None or user.pk != user_id:
            return super().get_user(user_id)
        return user if self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and may(user_obj.role, perm)
