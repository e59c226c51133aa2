"""API clients for tests; each checks that every answer fits the committed OpenAPI file."""

from typing import Any

from rest_framework.test import APIClient

from accounts.models import ApiKey, User
from accounts.tokens import open_session
from crm.tests.contract import check_answer


class ApiClient(APIClient):
    """DRF's test client, held to the contract; ``as_user`` clients carry a token."""

    def generic(self, method: str, *args: Any, **extra: Any) -> Any:
        response = super().generic(method, *args, **extra)
        check_answer(method, response)
        return response


def signed_in(user: User) -> ApiClient:
    client = ApiClient()
    token = open_session(user)["access_token"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def with_key(key: ApiKey) -> ApiClient:
    """Return a client that sends a key just made."""
    client = ApiClient()
    client.credentials(HTTP_X_API_KEY=key.secret)
    return client
