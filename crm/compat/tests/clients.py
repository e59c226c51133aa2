"""Clients that have signed in with a service."""

from accounts.models import User
from crm.compat.service import Service
from crm.compat.tokens import issue
from crm.tests.clients import ApiClient, signed_in


def signed_in_at(service: Service, user: User) -> ApiClient:
    """Return a client with a token of ``service``; with one of ours where it gives none."""
    if not service.sign_in:
        return signed_in(user)
    client = ApiClient()
    token = issue(service, user, "")["access_token"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client
