"""How the trail stands: when it was sealed last, and how much was written since."""

from typing import Any

from django.db.models import Max

from audit.models import Seal
from audit.trail import trails

MOST = 1000  # unsealed entries of a table that are worth counting


def standing() -> dict[str, Any]:
    """Return ``{last, unsealed, is_more}``; as many statements as tables, each a few entries."""
    last = Seal.objects.order_by("-number").values("number", "sealed_at").first()
    newest = Seal.objects.order_by().values_list("table").annotate(Max("last_id"))
    sealed: dict[str, int] = dict(newest)
    counts = [
        trail.entries.filter(**{f"{trail.key}__gt": sealed.get(trail.table, 0)})[:MOST].count()
        for trail in trails()
    ]
    return {"last": last, "unsealed": sum(counts), "is_more": max(counts) == MOST}
