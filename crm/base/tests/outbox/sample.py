"""A kind of notice to try the outbox on, and how to look into mailboxes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from crm.base.outbox import kinds
from crm.base.outbox.kinds import Kind, Letter, Line
from crm.base.outbox.notices import notify
from crm.base.outbox.tables import Notice

REMINDER = "reminder"


def reminder(user: Any, payload: Mapping[str, Any]) -> Letter | None:
    """Say what the payload says; ``gone`` means that it is of no interest any more."""
    if payload.get("gone"):
        return None
    lines = [Line(payload.get("text", "Call"), payload.get("path", ""))]
    if "at" in payload:
        at = timezone.localtime(datetime.fromisoformat(payload["at"]))
        lines.append(Line(f"{gettext('Yes')} {date_format(at, 'Y-m-d H:i')}"))
    return Letter(payload.get("subject", "A reminder"), lines)


@contextmanager
def kind(**options: Any) -> Iterator[Kind]:
    """Have the kind ``reminder`` inside the block."""
    given: dict[str, Any] = {"name": REMINDER, "label": "A reminder", "compose": reminder} | options
    registered = Kind(**given)
    kinds.register(registered)
    try:
        yield registered
    finally:
        kinds.unregister(registered)


def remind(user: Any, key: str = "", **payload: Any) -> Notice:
    """Store a notice for ``user`` and return the newest one."""
    with transaction.atomic():
        notify(user, REMINDER, payload, key=key)
    notice: Notice = Notice.objects.latest("id")
    return notice


def mails(folder: Path) -> list[EmailMessage]:
    """Return what Django's file backend wrote."""
    end = b"-" * 79
    texts = [text for file in sorted(folder.glob("*.log")) for text in file.read_bytes().split(end)]
    found = [message_from_bytes(text.strip(), policy=policy.default) for text in texts]
    return [mail for mail in found if mail["To"]]
