"""Tokens as an attacker would forge them, and what a well-meant one holds."""

import base64
import json
import time
import warnings
from typing import Any

import jwt
from django.conf import settings

from accounts.models import User
from accounts.tokens import open_session
from crm.tests.clients import ApiClient

ME = "/api/v1/auth/me"


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def good_claims(user: User) -> dict[str, Any]:
    """Return the claims of an access token that is accepted."""
    return claims_of(open_session(user)["access_token"])


def signed(claims: dict[str, Any], key: str = "", algorithm: str = "HS256") -> str:
    """Sign whatever is given; the library's own function would refuse odd claims."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)
        body = json.dumps(claims).encode()
        return jwt.PyJWS().encode(body, key or settings.JWT_KEY, algorithm=algorithm)


def unsigned(claims: dict[str, Any], algorithm: str = "none") -> str:
    header = {"alg": algorithm, "typ": "JWT"}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (header, claims))
    return ".".join(part.decode().rstrip("=") for part in parts) + "."


def ask(token: str, path: str = ME) -> Any:
    return ApiClient().get(path, HTTP_AUTHORIZATION=f"Bearer {token}")


def in_seconds(seconds: int) -> int:
    return int(time.time()) + seconds
