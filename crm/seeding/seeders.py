"""Every app's demo data, in the order in which they need each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from tqdm import tqdm

from crm.base.errors import Conflict
from crm.base.storing.locks import wait_for_turn
from crm.base.storing.statistics import analyze
from crm.seeding.customers import seed_customers
from crm.seeding.invoices import seed_invoices
from crm.seeding.leads import seed_leads
from crm.seeding.plan import Plan, Progress
from customers.models import Customer
from invoices.models import Invoice
from leads.models import Lead


@dataclass(frozen=True)
class Seeder:
    """One app's part: ``seed`` stores as many records of ``model`` as ``count`` tells."""

    model: Any
    count: Callable[[Plan], int]
    seed: Callable[[Plan, Progress], None]


SEEDERS = (
    Seeder(Customer, lambda plan: plan.customers, seed_customers),
    Seeder(Lead, lambda plan: plan.leads, seed_leads),
    Seeder(Invoice, lambda plan: plan.invoices, seed_invoices),
)


def seed_everything(plan: Plan, *, add: bool = False) -> None:
    """Store the demo data of every app; the caller opens the transaction.

    Raises ``Conflict`` when there are records already, unless it shall ``add`` to them. Shows
    progress on a terminal.
    """
    wait_for_turn("seed")
    for seeder in SEEDERS:
        if seeder.model.objects.exists() and not add:
            message = _("There are %(records)s already. Add to them with --force.")
            raise Conflict(message % {"records": seeder.model._meta.verbose_name_plural})
    for seeder in SEEDERS:
        name = str(seeder.model._meta.verbose_name_plural)
        with tqdm(desc=name, total=seeder.count(plan), unit="", disable=None) as bar:
            seeder.seed(plan, bar.update)
    analyze()
