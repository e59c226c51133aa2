"""The file of anchors: what was sealed, for the operator to keep where nobody can change it."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from audit.models import Seal

TOLD = ("number", "table", "count", "digest", "key_id", "mac")
BLOCK = 4096  # bytes; a line is shorter


class AnchorsBroken(Exception):
    """The file of anchors and the seals do not belong together."""


def anchor() -> int:
    """Append the seals that the file lacks, on the disk when this returns; return how many.

    Raises ``AnchorsBroken``, and appends nothing, when its last line is none of our seals: they
    were cut or rewritten, an older database was restored, or the file is another database's.
    """
    path: Path = settings.AUDIT_ANCHORS
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last(file)
        if last and not Seal.objects.filter(number=last["number"], mac=last["mac"]).exists():
            message = _("%(file)s ends with seal %(number)d, which is not in the database.")
            raise AnchorsBroken(message % {"file": path, "number": last["number"]})
        missing = Seal.objects.filter(number__gt=last["number"] if last else 0).order_by("number")
        lines = [_line(one) for one in missing.only(*TOLD, "sealed_at").iterator()]
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    return len(lines)


def _line(one: Seal) -> bytes:
    told = {name: getattr(one, name) for name in TOLD}
    return (json.dumps({**told, "sealed_at": one.sealed_at.isoformat()}) + "\n").encode()


def _last(file: BinaryIO) -> dict[str, Any] | None:
    """Return the last line that was written whole; what a crash cut off is removed."""
    end = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, end - BLOCK))
    block = file.read()
    whole = block.rfind(b"\n") + 1
    file.truncate(start + whole)
    lines = block[:whole].decode(errors="replace").splitlines()
    return _anchor(lines[-1], file.name) if lines else None


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the anchors; raises ``OSError``, and ``AnchorsBroken`` for a line that is none."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            if not text.endswith("\n"):
                return  # cut off by a crash; it is written again
            yield _anchor(text, path)


def _anchor(text: str, path: Path | str) -> dict[str, Any]:
    try:
        told = json.loads(text)
        return {**told, "number": int(told["number"]), "mac": str(told["mac"])}
    except (ValueError, TypeError, KeyError) as error:
        raise AnchorsBroken(_("%(file)s holds no anchors.") % {"file": path}) from error
