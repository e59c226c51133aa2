"""Makes an API key, or takes over one that clients already hold."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.models import ApiKey
from accounts.scopes import Scope
from crm.base.errors import Conflict
from crm.base.storing.unit_of_work import unit_of_work
from crm.management.audited import AuditedCommand


def moment(text: str) -> datetime:
    """Return the time that ``text`` says, in UTC where it names no zone; a day begins at 0:00."""
    try:
        found = parse_datetime(text) or parse_date(text)
    except ValueError:
        found = None
    if found is None:
        message = _("%(text)s is no time. Use 2027-12-31 or 2027-12-31T18:00:00Z.")
        raise ArgumentTypeError(message % {"text": text})
    if not isinstance(found, datetime):
        found = datetime.combine(found, datetime.min.time())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _taken_by(holder: ApiKey) -> Conflict:
    if holder.is_active:
        message = _(
            "The API key %(name)s is this key already. Change what that one may do, or leave out "
            "--key and give the clients the new key."
        )
    else:
        message = _(
            "This key was revoked, as the API key %(name)s: it stays closed. Leave out --key and "
            "give the clients the new key."
        )
    return Conflict(message % {"name": holder.name}, code="taken")


class Command(AuditedCommand):
    help = "Creates an API key and prints it, alone on the last line; it is not shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="what it may do, repeatable (default: customers:add)",
        )
        parser.add_argument("--daily-limit", type=int, help="customers a day, UTC (default: 35)")
        parser.add_argument("--expires", type=moment, help="2027-12-31 or 2027-12-31T18:00:00Z")
        parser.add_argument("--key", help="a key that clients hold already, to be taken over")

    def handle(self, *args: Any, **options: Any) -> None:
        given = {
            "name": options["name"],
            "scopes": options["scope"],
            "daily_limit": options["daily_limit"],
            "expires_at": options["expires"],
        }
        key = ApiKey(**{name: value for name, value in given.items() if value is not None})
        if options["key"] is not None:
            key.take(options["key"])
        try:
            unit_of_work(partial(key.save))
        except IntegrityError as error:
            if holder := ApiKey.objects.filter(hash=key.hash).first():
                raise _taken_by(holder) from error
            raise
        if key.is_weak:
            note = _(
                "This key is weak: it could be guessed. Rotate it when its clients can change."
            )
            self.stderr.write(note)
        self.stdout.write(_("Created the API key %(name)s.") % {"name": key.name})
        self.stdout.write(key.secret)
