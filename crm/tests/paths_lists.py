"""The write paths of the back office's lists: what is done to many records at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.tests.make import make_user
from crm.tests.back_office import make_notice
from crm.tests.write_paths import Perform, World, add, path
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.models import Invoice
from invoices.tests.make import make_company, make_draft
from leads.models import Lead
from leads.tests.make import make_lead


def in_bulk(
    model: Any, action: str, make: Callable[[], Any], world: World, **typed: Any
) -> Perform:
    """Do ``action`` to two records of the list."""
    opts = model._meta
    where = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    chosen = {"action": action, "_selected_action": [make().pk, make().pk], **typed}
    query = "?archived=yes" if action == "restore_selected" else ""
    return lambda: world.browser.post(f"{where}{query}", chosen)


def archived(make: Callable[[], Any]) -> Any:
    record = make()
    record.archive()
    return record


for model, make in ((User, make_user), (Customer, make_customer), (Lead, make_lead)):
    for action, maker in (("archive", make), ("restore", partial(archived, make))):
        of_list = partial(in_bulk, model, f"{action}_selected", maker)
        add(f"{model._meta.label} {action}_selected", of_list, source="admin")


@path("leads.Lead assign_selected", source="admin")
def _(world: World) -> Perform:
    owners = iter((world.alice, world.sam))  # hers stays as it is

    def make() -> Lead:
        return make_lead(assigned_to=next(owners))

    return in_bulk(Lead, "assign_selected", make, world, assigned_to=world.alice.pk)


@path("invoices.Invoice issue_selected", source="admin")
def _(world: World) -> Perform:
    make_company()
    return in_bulk(Invoice, "issue_selected", make_draft, world)


def taken(model: Any, action: str, make: Callable[[], Any], world: World) -> Perform:
    """Take two records of the list away as a file."""
    post = in_bulk(model, action, make, world)
    return lambda: b"".join(post())


EXPORTED: dict[Any, Callable[[], Any]] = {
    Customer: make_customer,
    Lead: make_lead,
    Invoice: make_draft,
}
for kind, make_one in EXPORTED.items():
    for action in ("export_csv", "export_xlsx"):
        of_list = partial(taken, kind, action, make_one)
        add(f"{kind._meta.label} {action}", of_list, source="admin", quiet="only reads")


@path("base.Notice retry_selected", source="admin", quiet="a notice is no record")
def _(world: World) -> Perform:
    return in_bulk(type(make_notice()), "retry_selected", make_notice, world)
