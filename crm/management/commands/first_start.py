"""Makes a fresh installation usable: a first user, demo data, and where to log in."""

import os
from argparse import ArgumentParser
from functools import partial
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, hash_of
from accounts.roles import Role
from crm.base.storing.locks import wait_for_turn
from crm.base.storing.unit_of_work import unit_of_work
from crm.management.audited import AuditedCommand
from crm.seeding.plan import Plan
from crm.seeding.seeders import seed_everything
from customers.models import Customer

ADMIN = "admin"
# Whoever tries the roles in development signs in as one of them, with the admin's password.
DEMO_STAFF = {
    "maria": (Role.MANAGEMENT, "America/Bogota"),
    "sam": (Role.SALES, "America/Caracas"),
    "sue": (Role.SALES, "Europe/Madrid"),
}
DEMO = partial(Plan, customers=250, leads=400, invoices=300, seed=1)


class Command(AuditedCommand):
    help = (
        "Creates the user admin with the password ADMIN_PASSWORD when there is no user, and demo "
        "data when there are no customers; shows the address and the login. May be repeated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="no demo people or customers")

    def handle(self, *args: Any, **options: Any) -> None:
        demo = not options["no_demo"]
        password = os.environ.get("ADMIN_PASSWORD", "")
        # Hashed before the transaction, which everybody else waits for.
        staff = [] if User.objects.exists() else _new_staff(password, demo=demo)
        unit_of_work(partial(_set_up, staff, demo=demo))
        self.stdout.write(_boxed([_address(), *_logins(password)]))


def _new_staff(password: str, *, demo: bool) -> list[User]:
    people = {ADMIN: (Role.ADMIN, "")} | (DEMO_STAFF if demo and settings.DEBUG else {})
    staff = [
        User(username=name, role=role, time_zone=zone) for name, (role, zone) in people.items()
    ]
    for user in staff[1:]:
        user.email = f"{user.username}@example.org"  # a name that is nobody's (RFC 2606)
    try:
        for user in staff:
            user.password = hash_of(password, user)
    except ValidationError as error:
        reason = " ".join(error.messages) if password else _("It is not set.")
        message = _("ADMIN_PASSWORD cannot be the first user's password: %(reason)s")
        raise CommandError(message % {"reason": reason}) from error
    return staff


def _set_up(staff: list[User], *, demo: bool) -> None:
    wait_for_turn("first_start")
    if not User.objects.exists():
        for user in staff:
            user.save()
    if demo and not Customer.objects.exists():
        seed_everything(DEMO(until=timezone.localdate()))


def _address() -> str:
    """Return the back office's address as a browser on this machine reaches it."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    base = settings.BASE_URL or f"http://{_reachable(host)}:{port}"
    return f"{base}/admin/"


def _reachable(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:  # the server listens everywhere
        return "localhost"
    return f"[{address}]" if address.version == 6 else host


def _logins(password: str) -> list[str]:
    """Return lines that tell who may sign in; the password only while it is the one known here."""
    people = User.objects.filter(username__in=[ADMIN, *DEMO_STAFF], is_active=True).order_by("pk")
    known = [user for user in people if _is_theirs(password, user)]
    names = ", ".join(f"{user.username} ({user.role})" for user in known)
    if not known:
        return [_("Sign in with the name and password that you have.")]
    return [_("Login:    %(names)s") % {"names": names}, _("Password: %(it)s") % {"it": password}]


def _is_theirs(password: str, user: User) -> bool:
    # Not user.check_password(), which may write a newer hash: here nothing changes.
    try:
        return check_password(password, user.password)
    except ValueError:  # what an import brought is no hash
        return False


def _boxed(lines: list[str]) -> str:
    width = max(map(len, lines))
    edge = f"+-{'-' * width}-+"
    return "\n".join([edge, *(f"| {line:{width}} |" for line in lines), edge])
