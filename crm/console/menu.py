"""The menu, and what becomes of each choice: stored as a whole, or refused with its reason."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from rest_framework.exceptions import AuthenticationFailed

from crm.base.api.problems import describe
from crm.base.context import acting, current, new_request_id
from crm.base.errors import Forbidden
from crm.console import customers, invoices, registration, report
from crm.console.answers import one_of
from crm.console.desk import Desk
from crm.console.identity import Identify
from crm.console.terminal import Terminal

logger = logging.getLogger(__name__)

INTERRUPTED = 130  # as a shell tells of Ctrl-C
REFUSED = 1


class Choice(NamedTuple):
    title: Any
    permission: str
    act: Callable[[Desk], None]


CHOICES = (
    Choice(
        gettext_lazy("Register a new customer"), "customers.add_customer", registration.register
    ),
    Choice(gettext_lazy("Find a customer"), "customers.view_customer", customers.search),
    Choice(pgettext_lazy("console", "Write an invoice"), "invoices.add_invoice", invoices.create),
    Choice(gettext_lazy("List all customers"), "customers.view_customer", customers.list_all),
    Choice(
        gettext_lazy("List a customer's invoices"),
        "invoices.view_invoice",
        invoices.list_of_customer,
    ),
    Choice(
        gettext_lazy("Financial summary by customer"),
        "invoices.view_report",
        report.financial_report,
    ),
)


@dataclass
class Menu:
    """Asks what to do until somebody leaves; reports are saved in ``folder``."""

    terminal: Terminal
    identify: Identify
    folder: Path

    def run(self) -> int:
        """Return the exit code: 0, 130 after Ctrl-C, 1 when a pipe's answer or action was refused.

        A person who is refused is told, and goes on.
        """
        try:
            while (choice := self._choose()) is not None:
                self._perform(choice)
        except EOFError:
            self.terminal.say()
        except KeyboardInterrupt:
            self.terminal.say("\n" + _("See you soon!"))
            return INTERRUPTED
        except AuthenticationFailed as error:
            self.terminal.refuse(error.detail)
            return REFUSED
        self.terminal.say(_("See you soon!"))
        return REFUSED if self.terminal.troubled and not self.terminal.interactive else 0

    def _choose(self) -> Choice | None:
        """Return what to do; None to leave."""
        self.terminal.say("\n=== " + _("CRM SYSTEM") + " ===")
        options = [*((choice, choice.title) for choice in CHOICES), (None, _("Leave"))]
        for number, (_choice, title) in enumerate(options, start=1):
            self.terminal.say(f"{number}. {title}")
        read = one_of(options, _("Invalid option. Try again."))
        return self.terminal.ask_until(_("Choose an option: "), read)

    def _perform(self, choice: Choice) -> None:
        if not connection.in_atomic_block:
            connection.close()  # one that waited for hours need not be alive
        try:
            with acting(source="console", request_id=new_request_id()):
                self._act(choice)
        except (KeyboardInterrupt, EOFError) as error:
            if not self.terminal.interactive:
                if isinstance(error, EOFError):
                    self.terminal.refuse(_("The input ended in the middle of an action."))
                raise
            self.terminal.say("\n" + _("Back to the menu."))

    def _act(self, choice: Choice) -> None:
        """Do what was chosen, or tell why not."""
        try:
            actor = self.identify()
            with acting(actor=actor):
                if not actor.has_perm(choice.permission):
                    raise Forbidden
                choice.act(Desk(self.terminal, actor, self.folder))
        except (AuthenticationFailed, BrokenPipeError, EOFError):
            raise
        except Exception as error:
            body, _headers = describe(error)
            if body is None:
                logger.exception("console action failed")
            self._tell(body)

    def _tell(self, problem: dict[str, Any] | None) -> None:
        """Tell what a problem document says; None stands for a defect of ours."""
        if problem is None:
            message = _("Something went wrong; nothing was stored. Reference: %(id)s")
            self.terminal.refuse(message % {"id": current().request_id})
            return
        for detail in [row["detail"] for row in problem["errors"]] or [problem["detail"]]:
            self.terminal.refuse(detail)
