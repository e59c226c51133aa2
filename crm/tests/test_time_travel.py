"""The past is answered as it was: whatever happened since, and to whom."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from accounts.models import User
from crm.base.context import acting
from crm.base.errors import RuleError
from crm.tests.clients import ApiClient, signed_in
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.models import Invoice, Payment
from invoices.tests.make import line, make_company, make_draft
from leads.models import Action, Lead, Process
from leads.statuses import move
from leads.tests.make import make_action, make_lead

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = ("Ana", "Ánna Bolívar", "Zelda", "0412 1112233", "Li")
CUSTOMERS = ("", "archived=true", "search=ana", "search=li", "ordering=name", "city=Lima")
CUSTOMERS += ("ordering=-updated_at", "count=true&client_type=natural", "page_size=2&ordering=id")
LEADS = ("", "open=true", "status=new&count=true", "overdue=true", "overdue=false", "stale=1")
LEADS += ("search=zelda", "unassigned=true", "archived=true", "ordering=-updated_at")
INVOICES = ("", "status=draft", "ordering=number", "overdue=true", "search=fac", "count=true")
STEPS = ("", "overdue=true")
MODELS = {
    "customers": (Customer, CUSTOMERS),
    "leads": (Lead, LEADS),
    "invoices": (Invoice, INVOICES),
    "actions": (Action, ("",)),
    "processes": (Process, STEPS),
}
Answers = dict[str, Any]


class Life:
    """Something that happens to some record, drawn by chance; nothing where a rule forbids it."""

    def __init__(self, seed: int, people: list[User]) -> None:
        self.chance, self.people = random.Random(seed), people  # noqa: S311 — no secret

    def one(self, model: Any) -> Any:
        return self.chance.choice(list(model.objects.order_by("pk")))

    def word(self) -> str:
        return self.chance.choice(WORDS)

    def happen(self) -> None:
        verbs = [getattr(self, name) for name in sorted(vars(Life)) if name.startswith("do_")]
        with suppress(RuleError, IndexError):
            self.chance.choice(verbs)()

    def do_enter_customer(self) -> None:
        make_customer(name=self.word(), city=self.chance.choice(("Lima", "Mérida")))

    def do_rename_customer(self) -> None:
        customer = self.one(Customer)
        customer.name, customer.city = self.word(), self.chance.choice(("Lima", "Quito"))
        customer.save()

    def do_archive_or_restore(self) -> None:
        record = self.one(self.chance.choice((Customer, Lead)))
        record.restore() if record.archived_at else record.archive(confirmed=True)

    def do_enter_lead(self) -> None:
        make_lead(name=self.word(), assigned_to=self.chance.choice([None, *self.people]))

    def do_change_lead(self) -> None:
        lead = self.one(Lead)
        lead.name, lead.admin_notes = self.word(), f"private {self.word()}"
        lead.save()

    def do_assign(self) -> None:
        self.one(Lead).assign(self.chance.choice([None, *self.people]))

    def do_move(self) -> None:
        move(self.one(Lead), self.chance.choice(("contacted", "closed", "discarded", "new")))

    def do_call(self) -> None:
        make_action(self.one(Lead), details=self.word())

    def do_correct_action(self) -> None:
        action = self.one(Action)
        action.details = f"corrected {self.chance.random()}"
        action.save()

    def do_delete_step(self) -> None:
        self.one(Process).delete()

    def do_hand_over(self) -> None:
        Lead.objects.open().audited_update(assigned_to_id=self.people[0].pk)
        Process.objects.filter(lead__in=Lead.objects.open()).give_to(self.people[0].pk)

    def do_enter_draft(self) -> None:
        customer = self.chance.choice(list(Customer.objects.live()))
        make_draft(line(), line(quantity=3), customer=customer, description=self.word())

    def do_change_lines(self) -> None:
        self.one(Invoice.objects.model).write([line(quantity=self.chance.randint(1, 9))])

    def do_delete_draft(self) -> None:
        self.one(Invoice).delete()

    def do_issue(self) -> None:
        self.one(Invoice).issue()

    def do_pay(self) -> None:
        self.one(Invoice).record_payment(self.chance.choice((1, 20)))

    def do_reverse(self) -> None:
        self.one(Payment).reverse()

    def do_rename_person(self) -> None:
        person = self.chance.choice(self.people)
        person.username = f"{person.username[:3]}{self.chance.randint(1, 99)}"
        person.save()


def questions() -> Iterator[str]:
    """Yield the address of every list, each with its filters, and of every record."""
    for name, (model, queries) in MODELS.items():
        for query in queries:
            yield f"/api/v1/{name}?{query}"
        for pk in model.history.values_list("id", flat=True).distinct().order_by("id"):  # type: ignore[attr-defined]
            yield f"/api/v1/{name}/{pk}?"
            if model is Invoice:
                yield f"/api/v1/invoices/{pk}/payments?"


def told(client: ApiClient, address: str) -> Any:
    """Return what is answered, without the links to other pages, which name the moment."""
    answer = client.get(address.rstrip("?&"))
    assert answer.status_code in (200, 404), answer.content
    body: Any = answer.json()
    return (
        {name: body.get(name) for name in ("results", "count")}
        if "results" in body
        else (body if answer.status_code == 200 else 404)
    )


def as_of(address: str, moment: datetime) -> str:
    return f"{address}&as_of={quote(moment.isoformat())}"


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def past(
    clock: Any, alice: User, sam: User, sue: User
) -> Callable[[int, int], dict[datetime, Answers]]:
    """``past(seed, steps)`` lets things happen, and returns what was answered after each."""

    def live(seed: int, steps: int) -> dict[datetime, Answers]:
        make_company()
        life, found = Life(seed, [sam, sue]), {}
        for number in range(steps):
            clock.shift(timedelta(seconds=1 + number % 3, microseconds=number))
            with acting(actor=alice, source="api"):
                life.happen()
            client, now = signed_in(alice), datetime.now(UTC)
            found[now] = {address: told(client, address) for address in questions()}
            if number == steps // 2:
                clock.shift(timedelta(days=40))  # what is due is overdue by then
        clock.shift(timedelta(seconds=1))
        return found

    return live


@pytest.mark.parametrize("seed", [1, 2])
def test_every_moment_is_answered_as_it_was(past: Any, alice: User, seed: int) -> None:
    recorded = past(seed, 45)
    client = signed_in(alice)
    wrong = [
        (moment, address)
        for moment, answers in recorded.items()
        for address, answer in answers.items()
        if told(client, as_of(address, moment)) != answer
    ]
    assert wrong == []
