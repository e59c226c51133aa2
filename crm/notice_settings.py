"""Turns ``EMAIL_URL`` and ``WHATSAPP_URL`` into settings."""

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SECONDS = 10  # of silence until a mail server counts as gone
PORTS = {"smtp+tls": 587, "smtps": 587, "smtp+ssl": 465}
HERE = {"127.0.0.1", "localhost", "::1"}
MAIL = (
    "EMAIL_URL cannot be read: use smtp+tls://user:password@host:587 (STARTTLS), "
    "smtp+ssl://user:password@host:465, smtp://host:25, consolemail:// or filemail:///folder. "
    "Characters such as @ in the password are written %40."
)


def mail(url: str) -> dict[str, Any]:
    """Return Django's EMAIL_ settings for ``url``; raises ``ImproperlyConfigured``."""
    try:
        found: dict[str, Any] = environ.Env.email_url_config(url or "dummymail://")
    except (ImproperlyConfigured, ValueError) as error:  # which may repeat the password
        raise ImproperlyConfigured(MAIL) from error
    found.pop("OPTIONS", None)
    if url.startswith("smtp") and not found["EMAIL_HOST"]:
        raise ImproperlyConfigured(MAIL)
    if url.startswith("filemail"):
        found["EMAIL_FILE_PATH"] = f"/{found['EMAIL_FILE_PATH'].lstrip('/')}"
    if url.startswith("consolemail"):
        found["EMAIL_BACKEND"] = "crm.base.outbox.printed_mail.EmailBackend"
    port = found["EMAIL_PORT"] or PORTS.get(url.partition("://")[0], 25)
    return {"EMAIL_TIMEOUT": SECONDS, **found, "EMAIL_PORT": port}


def gateway(url: str, token: str) -> str:
    """Return ``url``, the address of the WhatsApp gateway; "" is none."""
    parts = urlsplit(url)
    if url and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
        raise ImproperlyConfigured("WHATSAPP_URL is an https:// address: a token is sent there.")
    if url and not token:
        raise ImproperlyConfigured("WHATSAPP_URL needs WHATSAPP_TOKEN, which the gateway asks for.")
    return url
