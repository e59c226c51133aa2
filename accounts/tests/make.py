from itertools import count
from typing import Any

from accounts.models import ApiKey, User

PASSWORD = "correct horse battery staple"
_numbers = count(1)


def make_user(username: str = "", **fields: Any) -> User:
    """Return a stored user whose password is ``PASSWORD``."""
    name = username or f"user{next(_numbers)}"
    return User.objects.create_user(name, PASSWORD, **fields)


def make_key(name: str = "", **fields: Any) -> ApiKey:
    """Return a stored API key that still knows its ``secret``."""
    return ApiKey.objects.create(name=name or f"key{next(_numbers)}", **fields)
