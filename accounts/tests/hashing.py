"""Hashers for tests."""

from functools import cache
from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher, ScryptPasswordHasher


class CountingHasher(MD5PasswordHasher):
    """Counts the hashes it computes: their number, not the clock, tells how long a login takes."""

    computed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.computed.append(password)
        return super().encode(password, salt)


class HashedOnce(ScryptPasswordHasher):
    """Hashes for programs of ours, which verify as in production: each password only once."""

    def salt(self) -> str:
        return "x" * 22

    def encode(self, password: str, salt: str, *cost: int | None) -> str:
        return _hashed(password, salt, *cost)


@cache
def _hashed(password: str, salt: str, *cost: int | None) -> str:
    return str(ScryptPasswordHasher().encode(password, salt, *cost))
