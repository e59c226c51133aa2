from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.catalogues import LANGUAGES, as_mo, as_po, load, po_path, untranslated, updated


class Command(BaseCommand):
    help = (
        "Brings the translation catalogues up to date with the code and compiles them. "
        "Translate what it lists in crm/locale/*/LC_MESSAGES/django.po and run it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if stale")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        problems = []
        for language in LANGUAGES:
            if check and po_path(language).read_bytes() != as_po(updated(language)):
                problems.append(f"{po_path(language)} is not up to date with the code.")
            if not check:
                self.write(language)
            missing = untranslated(load(language))
            problems += [f"{language}: no translation of {text!r}" for text in missing]
        if problems:
            raise CommandError(
                "\n".join([*problems, "Run `manage.py messages` after translating."])
            )

    def write(self, language: str) -> None:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(updated(language)))
        path.with_suffix(".mo").write_bytes(as_mo(load(language)))
        self.stdout.write(f"{path} and its .mo are written.")
