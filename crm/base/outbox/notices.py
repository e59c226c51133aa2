"""Tells people what happened: written now, in the caller's transaction, and sent by a worker."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm.base.outbox import kinds
from crm.base.outbox.channels import WAYS
from crm.base.outbox.kinds import Payload
from crm.base.outbox.tables import Notice

PLAIN = (str, int, bool, type(None))


class OutsideTransaction(RuntimeError):
    """A notice would outlive what it tells about: write both in one unit of work."""


def notify(
    user: Any, kind: str, payload: Payload, *, key: str = "", not_before: datetime | None = None
) -> None:
    """Tell ``user``: see ``notify_each``."""
    notify_each([user], kind, payload, key=key, not_before=not_before)


def notify_each(
    users: Iterable[Any],
    kind: str,
    payload: Payload,
    *,
    key: str = "",
    not_before: datetime | None = None,
) -> None:
    """Have each of ``users`` told, once the transaction under way is committed.

    ``payload`` holds ids, texts, numbers and lists of them, never what the reader may not see
    later. Of a kind, one person gets one notice with the same ``key``. Those who may not know of
    such things, switched them off or left no address are left out. One statement for everybody.

    Raises ``OutsideTransaction`` outside one, ``LookupError`` for an unknown kind, ``TypeError``
    for other values.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction
    _check(payload)
    key, moment = key or uuid.uuid4().hex, not_before or timezone.now()
    rows = [
        Notice(
            recipient=user,
            kind=kind,
            channel=channel,
            key=key,
            payload=payload,
            message_id=f"{uuid.uuid4()}@{_domain()}",
            next_attempt_at=moment,
        )
        for user in users
        for channel in ways_to(user, kinds.named(kind), payload)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def ways_to(user: Any, kind: kinds.Kind, payload: Payload) -> Iterator[str]:
    """Yield the channels by which ``user`` hears of such things."""
    if kind.is_for(user):
        for channel in kinds.channels():
            if kind.wanted_by(user, channel) and address_of(user, kind, channel, payload):
                yield channel


def address_of(user: Any, kind: kinds.Kind, channel: str, payload: Payload) -> Any:
    """Return where such a notice goes; nothing without an address."""
    return kind.address(payload) if kind.address else WAYS[channel].address(user)


def _check(payload: Payload) -> None:
    for name, value in payload.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, PLAIN) for one in values):
            raise TypeError(f"{name} is neither an id, a text, a number nor a list of them.")


def _domain() -> str:
    """Return the right side of message ids (RFC 5322, 3.6.4): the sender's own."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
