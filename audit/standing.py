"""How the trail stands: when it was sealed and verified last, and how much was written since.

All this is what the database says, and no proof: who can change the one can change the other.
"""

from typing import Any

from django.db import transaction
from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.models import Seal
from audit.trail import Trail, trails
from crm.base.models import SecurityEvent
from crm.base.trail.security_events import note

MOST = 1000  # unsealed entries of a table that are worth counting


def standing() -> dict[str, Any]:
    """Return ``{last, verified, unsealed, is_more}``; of each table a few entries are read."""
    last = Seal.objects.order_by("-number").values("number", "sealed_at").first()
    first, *others = map(_unsealed, trails())
    counts = [count for _table, count in first.union(*others, all=True)]
    return {
        "last": last,
        "verified": verified(),
        "unsealed": sum(counts),
        "is_more": MOST in counts,
    }


def _unsealed(trail: Trail) -> Any:
    """Return a query for the table's name and how many entries no seal covers, if there are any."""
    seals = Seal.objects.filter(table=trail.table).order_by("-last_id").values("last_id")[:1]
    since = trail.entries.filter(**{f"{trail.key}__gt": Coalesce(Subquery(seals), 0)})
    counted = trail.entries.filter(pk__in=since.values("pk")[:MOST])
    named = counted.order_by().annotate(of=Value(trail.table)).values_list("of")
    return named.annotate(Count("pk"))


def verified() -> dict[str, Any] | None:
    """Return when the trail was verified last, and whether it was whole; None for never."""
    events = SecurityEvent.objects.filter(kind="trail_verified").order_by("-occurred_at", "-id")
    if last := events.first():
        return {"at": last.occurred_at, "is_whole": not last.details.get("faults")}
    return None


def note_verified(faults: int, anchors: bool) -> None:
    """Note that somebody verified the trail; raises ``DatabaseError`` where one may only read."""
    with transaction.atomic():
        note("trail_verified", faults=faults, anchors=anchors)


def in_words() -> str:
    """Return a line of when the trail was last sealed and verified."""
    last = Seal.objects.order_by("-number").first()
    before = verified()
    result = (_("whole") if before["is_whole"] else _("not whole")) if before else ""
    return _("Last sealed: %(sealed)s – verified before: %(verified)s") % {
        "sealed": _moment(last.sealed_at) if last else _("never"),
        "verified": f"{_moment(before['at'])}, {result}" if before else _("never"),
    }


def _moment(time: Any) -> str:
    return date_format(timezone.localtime(time), "DATETIME_FORMAT")
