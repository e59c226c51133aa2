"""Notices by WhatsApp, through whatever gateway the operator runs behind one address."""

import json
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings

from crm.base.links import absolute
from crm.base.outbox.kinds import Letter
from crm.base.outbox.refusals import Undeliverable

SECONDS = 20
# It refuses this message; anything else, a wrong token included, may be put right meanwhile.
FINAL = {400, 422}


class GatewayError(Exception):
    """The gateway did not take it; it may later."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


def send(phone: str, letter: Letter, message_id: str) -> None:
    """POST ``{to, text, id}`` to ``WHATSAPP_URL``; ``to`` is E.164.

    The message's id is in ``Idempotency-Key`` too, so that the gateway can tell a repetition. No
    redirect is followed: the token is for this address alone. 400 and 422 raise
    ``Undeliverable``, what else is no 2xx ``GatewayError``.
    """
    body = {"to": str(phone), "text": text_of(letter), "id": message_id}
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {settings.WHATSAPP_TOKEN}",
        "Idempotency-Key": message_id,
    }
    status = _post(settings.WHATSAPP_URL, json.dumps(body).encode(), headers)
    if status in FINAL:
        raise Undeliverable(f"HTTP {status}")
    if not 200 <= status < 300:
        raise GatewayError(status)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    gateway = kind(parts.netloc, timeout=SECONDS)
    try:
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        gateway.request("POST", target, body, headers)
        return gateway.getresponse().status
    finally:
        gateway.close()


def text_of(letter: Letter) -> str:
    lines = [f"{line.text} {absolute(line.path) if line.path else ''}" for line in letter.lines]
    return "\n".join(line.strip() for line in [letter.subject, *lines])
