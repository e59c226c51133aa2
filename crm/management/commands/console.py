"""The console: what staff do in a terminal, and scripts through a pipe."""

import logging
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.utils import timezone, translation
from rest_framework.exceptions import APIException

from accounts.models import User
from crm.base.context import acting
from crm.console.identity import VARIABLE, Identify, by_password, by_token
from crm.console.language import language_of
from crm.console.menu import INTERRUPTED, REFUSED, Menu
from crm.console.terminal import Terminal, left_as_found
from crm.management.audited import AuditedCommand
from crm.management.ending import ended_in_order

LOST_READER = 141  # as a shell tells of SIGPIPE
HELP = f"""\
Customers and invoices in a terminal, with the rights of whoever signs in.

Signs in with the password of --user, or with the bearer token in {VARIABLE}. Through a pipe each
line is an answer, the first one the password unless there is a token; the exit code is 1 when
something was refused.
"""


class Command(AuditedCommand):
    help = HELP
    requires_system_checks = []  # who waits for a menu did not change settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--user", default="", help="who signs in; asked for when left out")
        parser.add_argument("--lang", choices=languages, help="default: as LC_ALL or LANG say")
        parser.add_argument(
            "--folder", type=Path, default=Path(), help="where reports are saved (default: here)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["lang"] or language_of(os.environ)
        with _ready(), translation.override(language or settings.LANGUAGE_CODE):
            try:
                code = self._converse(options, language)
            except (KeyboardInterrupt, EOFError) as error:  # at the password
                self.stdout.write("")
                code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else REFUSED
            except BrokenPipeError:
                code = _nobody_reads()
        if code:
            sys.exit(code)

    def _converse(self, options: dict[str, Any], language: str | None) -> int:
        terminal = Terminal(sys.stdin, sys.stdout)
        try:
            with acting(source="console"):
                identify = _sign_in(terminal, options["user"])
                person = identify()
        except (APIException, ValidationError) as error:
            raise CommandError(_reason(error), returncode=REFUSED) from error
        own = person if isinstance(person, User) else None
        if own and own.language and not language:
            translation.activate(own.language)  # handle() brings back the one before
        zone = timezone.override(own.time_zone) if own and own.time_zone else nullcontext()
        with zone:
            return Menu(terminal, identify, options["folder"]).run()


def _sign_in(terminal: Terminal, username: str) -> Identify:
    token = os.environ.get(VARIABLE, "")
    return by_token(token) if token and not username else by_password(terminal, username)


def _reason(error: APIException | ValidationError) -> str:
    return str(error.detail) if isinstance(error, APIException) else " ".join(error.messages)


@contextmanager
def _ready() -> Iterator[None]:
    """Make the standard streams fit for a conversation, and leave the terminal as it was.

    Bytes that are no text come through to be refused, characters that the terminal has not are
    replaced. Logs go where they do not stand between questions and answers.
    """
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)
            if sys.stderr.isatty():
                handler.setLevel(logging.CRITICAL)
    with ended_in_order(), left_as_found(sys.stdin):
        yield


def _nobody_reads() -> int:
    # What is left in the buffer must not raise again when Python exits.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return LOST_READER
