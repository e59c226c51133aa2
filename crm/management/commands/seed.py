"""Fills the database with believable demo data, the same for the same options."""

from argparse import ArgumentParser
from datetime import date
from functools import partial
from typing import Any

from django.core.management import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from faker.config import AVAILABLE_LOCALES

from crm.base.storing.unit_of_work import unit_of_work
from crm.management.audited import AuditedCommand
from crm.seeding.plan import Plan
from crm.seeding.seeders import seed_everything

MOST = 5_000_000


class Command(AuditedCommand):
    help = "Fills the database with demo data; all of it or, when interrupted, nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=250, help="how many (default: 250)")
        parser.add_argument("--leads", type=int, default=400, help="how many (default: 400)")
        parser.add_argument("--invoices", type=int, default=300, help="how many (default: 300)")
        parser.add_argument("--seed", type=int, default=1, help="another number, other people")
        parser.add_argument("--locale", default="es_ES", help="of names: es_ES, ru_RU, en_US, …")
        parser.add_argument("--until", help="the day before which all happened (default: today)")
        parser.add_argument("--force", action="store_true", help="add to the records there are")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = Plan(
            customers=_count("customers", options["customers"], 1),
            leads=_count("leads", options["leads"], 0),
            invoices=_count("invoices", options["invoices"], 0),
            seed=options["seed"],
            until=_day(options["until"]),
            locale=_locale(options["locale"]),
        )
        unit_of_work(partial(seed_everything, plan, add=options["force"]))
        message = _("Stored %(customers)d customers, %(leads)d leads and %(invoices)d invoices.")
        self.stdout.write(message % vars(plan))


def _count(name: str, number: int, fewest: int) -> int:
    if not fewest <= number <= MOST:
        message = _("--%(name)s takes a number from %(fewest)d to %(most)d.")
        raise CommandError(message % {"name": name, "fewest": fewest, "most": MOST})
    return number


def _locale(name: str) -> str:
    if name not in AVAILABLE_LOCALES:
        message = _("There are no names for the locale %(name)s. Use es_ES, en_US, ru_RU or so.")
        raise CommandError(message % {"name": name})
    return name


def _day(text: str | None) -> date:
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError as error:
        raise CommandError(_("--until takes a date such as 2026-01-31.")) from error
    if day > today:
        raise CommandError(_("--until takes no day to come: nothing has happened there yet."))
    return day
