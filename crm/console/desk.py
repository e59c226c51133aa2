"""What an action of the menu works with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.base.context import Actor
from crm.console.terminal import Terminal
from customers.models import Customer, CustomerQuerySet
from invoices.models import Invoice, InvoiceQuerySet

Page = Sequence[Any]


@dataclass(frozen=True)
class Desk:
    """Who asks, through which terminal; ``folder`` is where reports are saved."""

    terminal: Terminal
    actor: Actor
    folder: Path

    def customers(self) -> CustomerQuerySet:
        """Return the customers that the actor may see, archived ones too."""
        return Customer.objects.all().visible_to(self.actor)

    def invoices(self) -> InvoiceQuerySet:
        """Return the documents that the actor may see."""
        return Invoice.objects.all().visible_to(self.actor)

    def pages(self, records: Any) -> Iterator[Page]:
        """Yield ``records``, oldest first, a page at a time while somebody wants to see more."""
        for number, page in enumerate(pages(records, self.terminal.page_size)):
            if number and not self.terminal.go_on():
                return
            yield page


def pages(records: Any, size: int) -> Iterator[Page]:
    """Yield all of ``records`` in pages that begin after the last row of the one before."""
    ordered = records.order_by("pk")
    page = list(ordered[:size])
    while page:
        yield page
        page = list(ordered.filter(pk__gt=page[-1].pk)[:size]) if len(page) == size else []
