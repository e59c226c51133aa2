"""Seals the audit trail, verifies it, exports it, and erases what must be forgotten."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from audit import anchors as anchors_file
from audit import erasing, exporting, sealing, standing, verifying
from audit.models import Seal
from crm.health import to_migrate
from crm.management.audited import AuditedCommand
from crm.management.commands.create_api_key import moment

SHOWN = 20  # faults
UNDONE = 2  # the exit code when nothing could be found out


class Command(AuditedCommand):
    help = "Seals the audit trail, verifies it, exports it, and erases what must be forgotten."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        tasks.add_parser("seal", help="seal what is not sealed yet; workers do it each minute")
        verify = tasks.add_parser("verify", help="exit with 1 and name what was changed")
        verify.add_argument(
            "--anchors", type=Path, help="a copy of the anchors that was kept elsewhere"
        )
        verify.add_argument(
            "--processes",
            type=at_least_one,
            help="how many work at it; as many as cores, up to four, when there is much to verify",
        )
        export = tasks.add_parser("export", help="write entries as JSON lines, with a manifest")
        export.add_argument("--from", dest="since", type=moment)
        export.add_argument("--to", dest="until", type=moment)
        export.add_argument("file", type=Path)
        check = tasks.add_parser("check-export", help="exit with 1 when an export was changed")
        check.add_argument("file", type=Path)
        erase = tasks.add_parser("erase", help="erase values that a record had, for good")
        erase.add_argument(
            "table",
            help=f"as the feed names it ({', '.join(erasing.known())}), or the database",
        )
        erase.add_argument("record", type=int, help="its number")
        erase.add_argument("fields", nargs="+", metavar="field", help="as the API names them")
        erase.add_argument("--reason", required=True, help="who asked for it and when; it stays")

    def handle(self, *args: Any, task: str, **options: Any) -> None:
        tasks: dict[str, Callable[..., None]] = {
            "seal": self.seal,
            "verify": self.verify,
            "export": self.export,
            "check-export": self.check_export,
            "erase": self.erase,
        }
        if to_migrate():
            raise CommandError(_("Migrations are to be applied."), returncode=UNDONE)
        try:
            tasks[task](**options)
        except OSError as error:
            raise CommandError(str(error)) from error

    def seal(self, **_options: Any) -> None:
        count = sealing.seal()
        try:
            anchors_file.anchor()
        except anchors_file.AnchorsBroken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("Entries sealed: %(count)d.") % {"count": count})

    def verify(self, anchors: Path | None, processes: int | None, **_options: Any) -> None:
        faults = verifying.faults(anchors, processes or verifying.fitting())
        try:
            found = list(islice(faults, SHOWN))
        except anchors_file.AnchorsBroken as error:
            raise CommandError(str(error)) from error
        except BrokenExecutor as error:
            text = _("A process ended before it had verified its part; is there enough memory?")
            raise CommandError(text, returncode=UNDONE) from error
        finally:
            faults.close()
        for fault in found:
            self.stdout.write(str(fault))
        if not found:
            whole = _("The audit trail is whole. Seals: %(count)d.")
            self.stdout.write(whole % {"count": Seal.objects.count()})
        if not anchors:
            self.stdout.write(_("Without --anchors nobody knows whether its end was cut off."))
        self.note_verified(len(found), bool(anchors))
        if found:
            raise CommandError(_("The audit trail is not whole."))

    def note_verified(self, faults: int, anchors: bool) -> None:
        before = standing.in_words()
        try:
            standing.note_verified(faults, anchors)
        except DatabaseError as error:  # as on a replica
            text = _("That it was verified could not be noted: %(error)s")
            self.stdout.write(text % {"error": str(error).strip()})
        self.stdout.write(before)

    def export(
        self, since: datetime | None, until: datetime | None, file: Path, **_options: Any
    ) -> None:
        count = exporting.export(file, since, until)
        self.stdout.write(_("Entries exported: %(count)d.") % {"count": count})

    def check_export(self, file: Path, **_options: Any) -> None:
        if wrong := exporting.wrong_with(file):
            raise CommandError(wrong)
        self.stdout.write(_("The export is as it was made."))

    def erase(
        self, table: str, record: int, fields: list[str], reason: str, **_options: Any
    ) -> None:
        count = erasing.erase(table, record, fields, reason)
        self.stdout.write(_("Entries from which values were erased: %(count)d.") % {"count": count})


def at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(_("Give a number from 1 on."))
    return int(text)
