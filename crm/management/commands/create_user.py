"""Adds somebody who may sign in."""

import sys
from argparse import ArgumentParser
from functools import partial
from getpass import getpass
from typing import Any

from django.core.management import CommandError
from django.utils.translation import gettext as _

from accounts.models import User, hash_of
from accounts.roles import Role
from crm.base.storing.unit_of_work import unit_of_work
from crm.management.audited import AuditedCommand


class Command(AuditedCommand):
    help = "Creates a user, by the same rules as the back office."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--email")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(username=options["username"], role=options["role"], email=options["email"])
        user.set_unusable_password()
        user.validate()  # before anybody types a password
        password = _piped() if options["password_stdin"] else _typed()
        user.password = hash_of(password, user)
        unit_of_work(partial(user.save))
        self.stdout.write(_("Created %(name)s.") % {"name": user.username})


def _piped() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _typed() -> str:
    password = getpass(_("Password: "))
    if getpass(_("Password (again): ")) != password:
        raise CommandError(_("The two passwords differ. Nobody was created."))
    return password
