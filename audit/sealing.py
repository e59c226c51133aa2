"""Seals entries: in batches under one chain, whose links also go to a file."""

import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from audit import ranges
from audit.entries import digest, entries_in, line, trace
from audit.models import Seal
from audit.trail import Trail, trails
from crm.base.storing.locks import wait_for_turn
from crm.base.trail.canonical import canonical
from crm.base.trail.proof import sign

BATCH = 10_000
# Numbers are given before a transaction commits: how long one that was skipped is looked for.
LATEST = timedelta(days=1)


def seal() -> int:
    """Seal what is not sealed yet; return how many entries. Nobody who writes waits for it."""
    return sum(_seal_all(trail) for trail in trails())


def _seal_all(trail: Trail) -> int:
    total = 0
    while count := _seal_batch(trail):
        total += count
    return total


def _seal_batch(trail: Trail) -> int:
    with transaction.atomic():
        wait_for_turn("audit seal")
        rows = sorted(unsealed(trail, timezone.now() - LATEST))
        if rows:
            _link(trail, rows).save(force_insert=True)
    return len(rows)


def unsealed(trail: Trail, since: datetime) -> list[tuple[int, int, str]]:
    """Return number, record and proof of up to a batch of entries that no seal covers.

    Those after the last one sealed, and those that committed late: whose numbers the seals made
    ``since`` have passed over.
    """
    sealed = covered(trail, since)
    columns = (trail.key, trail.record, "proof")
    late = entries_in(trail, list(ranges.gaps(sealed)), columns)
    newer = trail.entries.filter(**{f"{trail.key}__gt": sealed[-1][1]}).values_list(*columns)
    return [*late, *newer[:BATCH]]


def covered(trail: Trail, since: datetime) -> list[ranges.Range]:
    """Return the numbers that seals made ``since`` cover, and all up to the last one before."""
    seals = Seal.objects.filter(table=trail.table)
    before = seals.filter(sealed_at__lt=since).aggregate(last=Max("last_id"))["last"] or 0
    texts = seals.filter(sealed_at__gte=since).values_list("ranges", flat=True)
    return ranges.merged([(0, before), *(one for text in texts for one in ranges.read(text))])


def _link(trail: Trail, rows: list[tuple[int, int, str]]) -> Seal:
    last = Seal.objects.order_by("-number").first()
    lines = [line(*row) for row in rows]
    made = Seal(
        number=last.number + 1 if last else 1,
        table=trail.table,
        first_id=rows[0][0],
        last_id=rows[-1][0],
        count=len(rows),
        ranges=ranges.written(ranges.ranges_of(row[0] for row in rows)),
        digest=digest(lines),
        traces=b"".join(map(trace, lines)),
        previous=last.mac if last else "",
        key_id=next(iter(settings.AUDIT_KEYS)),
    )
    made.mac = mac_of(made)
    return made


def mac_of(one: Seal) -> str:
    """Return the MAC that this seal should have; raises ``KeyError`` for an unknown key."""
    told = [
        *(one.number, canonical(one.sealed_at).decode(), one.table, one.first_id, one.last_id),
        *(one.count, one.ranges, one.digest, one.previous),
    ]
    return sign("seal", json.dumps(told), one.key_id)
