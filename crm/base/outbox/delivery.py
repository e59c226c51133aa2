"""Sends what is due: claimed by one worker, tried again when it fails, given up in the end."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import SystemRandom
from traceback import extract_tb
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from crm.base.context import acting, new_request_id
from crm.base.outbox import kinds
from crm.base.outbox.channels import WAYS
from crm.base.outbox.kinds import Letter
from crm.base.outbox.notices import address_of
from crm.base.outbox.refusals import NotNeeded, Reason, Undeliverable
from crm.base.outbox.tables import NOTICE_LEASE, Notice

logger = logging.getLogger("crm.outbox")
MOST_ATTEMPTS = 12  # with the delays below, about nine hours
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=2)


def deliver_next(now: datetime) -> bool:
    """Deal with the notice that waits longest; return False when none is due."""
    notice = Notice.objects.due(now).take(now, NOTICE_LEASE)
    if notice is None:
        return False
    started = time.perf_counter()
    with acting(source="worker", request_id=new_request_id(), actor=None, address="", reason=""):
        _deal_with(notice, now)
        seen = {"notice": notice.pk, "kind": notice.kind, "channel": notice.channel}
        seen |= {"status": notice.status, "attempts": notice.attempts, "reason": notice.error}
        logger.info("notice", extra=seen | {"milliseconds": milliseconds_since(started)})
    return True


def _deal_with(notice: Notice, now: datetime) -> None:
    if notice.attempts > MOST_ATTEMPTS:
        return notice.give_up(Reason.NEVER_FINISHED)
    try:
        _send(notice)
    except NotNeeded as reason:
        notice.drop(str(reason))
    except Undeliverable as refusal:
        notice.give_up(str(refusal))
    except Exception as error:  # noqa: BLE001 — whatever a composer or a mail server comes up with
        if notice.attempts == MOST_ATTEMPTS:
            notice.give_up(described(error))
        else:
            notice.put_off(described(error), now + delay(notice.attempts))
    else:
        notice.deliver(timezone.now())


def _send(notice: Notice) -> None:
    """Compose and send; raises ``NotNeeded`` when there is nobody or nothing to tell."""
    kind, user, way = kinds.named(notice.kind), notice.recipient, WAYS[notice.channel]
    address = address_of(user, kind, notice.channel, notice.payload)
    if not kind.is_for(user):
        raise NotNeeded(Reason.NOT_THEIRS)
    if not kind.wanted_by(user, notice.channel):
        raise NotNeeded(Reason.SWITCHED_OFF)
    if not address:
        raise NotNeeded(Reason.NO_ADDRESS)
    with speaking_to(user):
        letter = composed(kind, user, notice)
        way.send(address, letter, notice.message_id)


def composed(kind: kinds.Kind, user: Any, notice: Notice) -> Letter:
    letter = kind.compose(user, notice.payload)
    if letter is None:
        raise NotNeeded(Reason.IRRELEVANT)
    return letter


@contextmanager
def speaking_to(user: Any) -> Iterator[None]:
    """Speak the user's language and tell times in their zone."""
    with (
        translation.override(user.language or settings.LANGUAGE_CODE),
        timezone.override(user.time_zone or settings.TIME_ZONE),
    ):
        yield


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: twice as long each time, and not in step."""
    usual = min(FIRST_DELAY * (1 << attempts - 1), LONGEST_DELAY)
    return usual * SystemRandom().uniform(0.8, 1.2)


def described(error: Exception) -> str:
    """Return what failed and where; an error's own words may hold an address."""
    code = getattr(error, "smtp_code", "") or getattr(error, "status", "")
    place = extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).parent.name}/{Path(place.filename).name}:{place.lineno}"
    return " ".join(str(word) for word in (type(error).__name__, code, where) if word)


def milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
