"""Removes the files of photos that no customer shows any more."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError
from django.utils.translation import gettext as _

from crm.base.photo_files import remove_unfinished
from crm.management.audited import AuditedCommand
from crm.management.unused_photos import remove_unused_photos, unused_photos

GRACE_HOURS = 24


class Command(AuditedCommand):
    help = (
        "Removes photo files that neither a customer nor the history of the last "
        "PHOTO_HISTORY_DAYS days refers to, and what uploads left unfinished."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--grace-hours",
            type=int,
            default=GRACE_HOURS,
            help="keep what was stored since: its customer may not be saved yet (default: 24)",
        )
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        hours = options["grace_hours"]
        if hours < 1:
            message = _("--grace-hours takes 1 or more: a photo is stored before its customer is.")
            raise CommandError(message)
        for line in collect(hours, dry_run=options["dry_run"]):
            self.stdout.write(line)


def collect(grace_hours: int = GRACE_HOURS, *, dry_run: bool = False) -> list[str]:
    """Remove unused photos and unfinished files; return a line of report for each."""
    before = time.time() - grace_hours * 3600
    unused = unused_photos(before)
    if dry_run:
        return [_("unused photos: %(n)d") % {"n": len(unused)}]
    removed, unfinished = remove_unused_photos(unused, before), remove_unfinished(before)
    return [
        _("unused photos removed: %(n)d") % {"n": removed},
        _("unfinished files removed: %(n)d") % {"n": unfinished},
    ]
