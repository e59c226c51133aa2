"""Hashes of the services this one replaced."""

from typing import Any

import bcrypt
from django.contrib.auth.hashers import BCryptPasswordHasher

SIGNIFICANT = 72


class OldBCryptHasher(BCryptPasswordHasher):
    """Verifies their passwords until their owners sign in and get a better hash.

    bcrypt has always ignored what follows the first 72 bytes; its library now raises instead.
    """

    def encode(self, password: str, salt: Any) -> str:
        hashed = bcrypt.hashpw(password.encode()[:SIGNIFICANT], salt)
        return f"{self.algorithm}${hashed.decode('ascii')}"
