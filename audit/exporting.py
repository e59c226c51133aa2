"""Exports entries as JSON lines with a manifest that says, signed, what was in the file."""

import errno
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.checking import columns
from audit.models import Seal
from audit.trail import Trail, trails
from crm.base.trail.canonical import canonical
from crm.base.trail.proof import sign
from crm.base.trail.security_events import note
from crm.base.whole_files import whole_file

BATCH = 2000
Told = dict[str, Any]


def export(file: Path, since: datetime | None = None, until: datetime | None = None) -> int:
    """Write the entries from ``since`` until before ``until``; return how many.

    The manifest is beside the file, with ``.manifest.json`` after its name. That somebody exported
    is an event. Raises ``OSError``.
    """
    digest, count = hashlib.sha256(), 0
    if manifest_of(file).exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(manifest_of(file)))
    with whole_file(file) as lines:
        for line in _lines(since, until):
            lines.write(line)
            digest.update(line)
            count += 1
    last = Seal.objects.order_by("-number").first()
    told = {
        "made_at": timezone.now().isoformat(),
        "from": since.isoformat() if since else None,
        "to": until.isoformat() if until else None,
        "entries": count,
        "sha256": digest.hexdigest(),
        "last_seal": {"number": last.number, "mac": last.mac} if last else None,
        "key_id": next(iter(settings.AUDIT_KEYS)),
    }
    manifest = {**told, "mac": _mac(told)}
    manifest_of(file).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    note("exported", what="audit", entries=count, sha256=told["sha256"])
    return count


def manifest_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.manifest.json")


def wrong_with(file: Path) -> str:
    """Return what is wrong with an export, in words; "" when it is as it was made.

    Raises ``OSError`` when it cannot be read.
    """
    try:
        told = json.loads(manifest_of(file).read_text(encoding="utf-8"))
        mac = told.pop("mac")
        is_ours = hmac.compare_digest(_mac(told), mac)
    except (ValueError, KeyError, AttributeError, TypeError):
        is_ours = False
    if not is_ours:
        return _("The manifest was changed, or made without our key.")
    with file.open("rb") as lines:
        found = hashlib.file_digest(lines, "sha256").hexdigest()
    if found != told["sha256"]:
        return _("The file is not the one that the manifest tells of.")
    return ""


def _mac(told: Told) -> str:
    return sign("export", canonical(told).decode(), told["key_id"])


def _lines(since: datetime | None, until: datetime | None) -> Iterator[bytes]:
    for trail in trails():
        entries = trail.entries.values_list(*columns(trail))
        if since:
            entries = entries.filter(**{f"{trail.moment}__gte": since})
        if until:
            entries = entries.filter(**{f"{trail.moment}__lt": until})
        batch = list(entries[:BATCH])
        while batch:
            yield from (_line(trail, row) for row in batch)
            batch = list(entries.filter(**{f"{trail.key}__gt": batch[-1][0]})[:BATCH])


def _line(trail: Trail, row: tuple[Any, ...]) -> bytes:
    told = {"table": trail.table, **dict(zip(columns(trail), row, strict=True))}
    return (json.dumps(told, cls=DjangoJSONEncoder) + "\n").encode()
