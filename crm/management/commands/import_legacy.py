"""Takes over the data of a service that this CRM replaces."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from crm.compat.importing.report import Report
from crm.compat.importing.services import IMPORTERS, run_import
from crm.management.audited import AuditedCommand


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = _("%(name)s is not a time zone. Use a name such as America/Caracas.")
        raise ArgumentTypeError(message % {"name": name}) from error


class Command(AuditedCommand):
    help = (
        "Takes over the database of a replaced service. Without --apply it is tried and taken "
        "back: the report tells what would be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("service", choices=sorted(IMPORTERS))
        parser.add_argument(
            "source",
            help="a file or directory of mongoexport (console-crm), a PostgreSQL URL, "
            "an SQLite file (crm-microservice)",
        )
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--apply", action="store_true", help="store it")
        mode.add_argument("--dry-run", action="store_true", help="only try it (the default)")
        parser.add_argument(
            "--report", type=Path, help="a .csv or .jsonl file (default: in DATA_DIR)"
        )
        parser.add_argument(
            "--time-zone", type=zone, default=UTC, help="of times that name none (default: UTC)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = not options["apply"]
        path = options["report"] or _default_path(options["service"], is_dry)
        importer = IMPORTERS[options["service"]]
        where = (importer, options["source"])
        with Report(path) as report:
            if is_dry:
                with transaction.atomic():
                    remarks = run_import(*where, report, options["time_zone"], is_dry=True)
                    transaction.set_rollback(True)
            else:
                remarks = run_import(*where, report, options["time_zone"], is_dry=False)
        for line in (*report.summary(), *remarks):
            self.stdout.write(line)
        self.stdout.write(_("Row by row: %(path)s") % {"path": path})
        if is_dry:
            self.stdout.write(_("Nothing is stored: this was a dry run. Add --apply."))


def _default_path(service: str, is_dry: bool) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{service}-{stamp}{'-dry' if is_dry else ''}.csv"
    return Path(settings.DATA_DIR) / "imports" / name
