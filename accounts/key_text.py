"""The text of an API key: how one is made, hashed, shown in part and judged."""

import hashlib
import hmac
import re
import secrets

from django.conf import settings

MARK = "crm_"  # tells a key from a token, and a scanner for leaked secrets whose it is
API_KEY_HEADER = "HTTP_X_API_KEY"  # X-API-Key, as a request's META names it
RANDOM_BYTES = 24
SHOWN = len(MARK) + 8
VISIBLE = re.compile(r"[!-~]{1,200}")
SHORTEST_STRONG = 22  # 128 bits in base 64
FEWEST_CHARACTERS = 10


def new() -> str:
    """Return a new key: 192 random bits, 32 of which are shown afterwards."""
    return MARK + secrets.token_hex(RANDOM_BYTES)


def digest(key: str) -> str:
    """Return the HMAC-SHA256 of ``key``, as hex: what is stored and looked up."""
    secret = settings.API_KEY_PEPPER.encode()
    return hmac.new(secret, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def shown(key: str) -> str:
    """Return the start of ``key`` by which people know it: never more than a quarter of it."""
    return key[: min(SHOWN, len(key) // 4)]


def is_weak(key: str) -> bool:
    """Tell whether ``key`` could be guessed: it is short, or made of few different characters."""
    return len(key) < SHORTEST_STRONG or len(set(key)) < FEWEST_CHARACTERS
