"""A database that fails at any step of a rule: nothing is left half done."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from accounts.models import User
from crm.base.storing.unit_of_work import unit_of_work
from customers.models import Customer
from leads import following_up, statuses
from leads.conversion import convert
from leads.models import Action, Lead, Process
from leads.tests.make import make_action, make_lead

pytestmark = pytest.mark.usefixtures("transactional_db")
MODELS = (Customer, Lead, Action, Process)
WRITES = ("INSERT", "UPDATE", "DELETE", "WITH record")


@contextmanager
def failing_at(step: int) -> Any:
    """Let the database fail right after the write number ``step``; yields how many there were."""
    done = [0]

    def count(execute: Any, sql: str, *arguments: Any) -> Any:
        result = execute(sql, *arguments)
        if sql.lstrip().startswith(WRITES):
            done[0] += 1
            if done[0] == step:
                raise OperationalError("the disk is gone")
        return result

    with connection.execute_wrapper(count):
        yield done


def stored() -> Any:
    tables = [*MODELS, *(model.history.model for model in MODELS)]
    return [list(table._base_manager.order_by("pk").values()) for table in tables]


RULES: dict[str, Callable[[Lead, User], Any]] = {
    "convert": lambda lead, sue: convert(lead),
    "close": lambda lead, sue: statuses.move(lead, "closed", "Won"),
    "discard": lambda lead, sue: statuses.move(lead, "discarded", "Lost"),
    "log": lambda lead, sue: following_up.log(lead, "email"),
    "assign": lambda lead, sue: lead.assign(sue),
    "archive": lambda lead, sue: lead.archive(),
    "hand over": lambda lead, sue: User.objects.get(leads=lead).archive(confirmed=True),
}


@pytest.mark.parametrize("rule", RULES)
def test_all_of_it_or_nothing(rule: str, sam: User, sue: User) -> None:
    lead = make_lead(assigned_to=sam)
    make_action(lead)
    before = stored()
    step, steps = 0, 1
    while step < steps:
        step += 1
        with failing_at(step) as done:
            try:
                unit_of_work(lambda: RULES[rule](Lead.objects.get(pk=lead.pk), sue))
            except OperationalError:
                steps = step + 1
                assert stored() == before, f"after write {step}"
    assert steps > 1
    assert done[0] < step  # the last attempt met no fault
    assert stored() != before


def careless(lead: Lead) -> None:
    """Convert without a unit of work."""
    lead.customer = Customer.objects.create(name=lead.name, email=lead.email)
    lead.status = "closed"
    lead.save()


def test_the_careless_version_leaves_a_customer_behind(sam: User) -> None:
    lead = make_lead(assigned_to=sam)
    writes_of_a_customer = 1 if connection.vendor == "postgresql" else 2
    with failing_at(writes_of_a_customer + 1), pytest.raises(OperationalError):
        careless(lead)
    assert Customer.objects.exists()
    assert not Lead.objects.filter(status="closed").exists()
