"""The past is answered as it was: whatever happened since, and to whom."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.base.context import acting
from crm.base.errors import RuleError
from crm.base.past import counts as past_counts
from crm.base.past import keys as past_keys
from crm.base.past.texts import replaced_texts, words
from crm.tests.clients import ApiClient, signed_in
from crm.tests.samples import PLAIN
from crm.tests.test_query_counts import more_rows
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.models import Invoice, Payment
from invoices.tests.make import line, make_company, make_draft
from leads.models import Action, Lead, Process
from leads.statuses import move
from leads.tests.make import make_action, make_lead
from leads.tests.unseen import make_unseen, traces

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = ("Ana", "Ánna Bolívar", "Zelda", "0412 1112233", "Li")
CUSTOMERS: tuple[str, ...] = (
    "",
    "archived=true",
    "search=ana",
    "search=li",
    "ordering=name",
    "city=Lima",
)
CUSTOMERS += ("ordering=-updated_at", "count=true&client_type=natural", "page_size=2&ordering=id")
CUSTOMERS += (
    "search=ana&ordering=created_at",
    "ordering=-registered_at",
    "archived=true&search=li",
    "registered_at_after=2026-03-01T12:00:09Z&registered_at_before=2026-03-01T12:00:30Z",
)
EMAILS, ERP = ("ana.{}@example.org", "ana-{}@example.org"), ("ERP-", "erp ")
LEADS: tuple[str, ...] = (
    "",
    "open=true",
    "status=new&count=true",
    "overdue=true",
    "overdue=false",
    "stale=1",
)
LEADS += ("search=zelda", "unassigned=true", "archived=true", "ordering=-updated_at")
INVOICES = (
    "",
    "ordering=-issue_date",
    "status=draft",
    "ordering=number",
    "overdue=true",
    "search=fac",
    "count=true",
)
STEPS = ("", "overdue=true")
MODELS: dict[str, tuple[Any, tuple[str, ...]]] = {
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

    def do_write_addresses(self) -> None:
        """Some are read alike by search, and are not the same."""
        customer, chance = self.one(Customer), self.chance
        customer.email = chance.choice((None, *(address.format(customer.pk) for address in EMAILS)))
        customer.external_id = chance.choice((None, *(f"{sign}{customer.pk}" for sign in ERP)))
        customer.country = chance.choice(("", "Peru", "Chile"))
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


def questions(author: User) -> Iterator[str]:
    """Yield the address of every list, each with its filters, and of every record."""
    for name, (model, queries) in MODELS.items():
        own = [] if model is Process else [f"created_by={author.pk}"]
        for query in (*queries, *own):
            yield f"/api/v1/{name}?{query}"
        for pk in model.history.values_list("id", flat=True).distinct().order_by("id"):
            yield f"/api/v1/{name}/{pk}?"
            if model is Invoice:
                yield f"/api/v1/invoices/{pk}/payments?"
            if model is Customer:
                yield f"/api/v1/leads?customer={pk}"
                yield from (f"/api/v1/customers?email={one.format(pk)}" for one in EMAILS)
                yield from (f"/api/v1/customers?external_id={sign}{pk}" for sign in ERP)


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
def past(clock: Any, alice: User, sam: User, sue: User) -> Callable[..., dict[datetime, Answers]]:
    """``past(seed, steps)`` lets things happen, and returns what was answered after each."""

    def live(seed: int, steps: int, questioned: int = 7) -> dict[datetime, Answers]:
        make_company()
        life, found = Life(seed, [sam, sue]), {}
        for number in range(steps):
            clock.shift(timedelta(seconds=1 + number % 3, microseconds=number))
            with acting(actor=alice, source="api"):
                life.happen()
            client, now = signed_in(alice), datetime.now(UTC)
            asked = life.chance.sample(list(questions(alice)), questioned)
            found[now] = {address: told(client, address) for address in asked}
            if number == steps // 2:
                clock.shift(timedelta(days=40))  # what is due is overdue by then
        clock.shift(timedelta(seconds=1))
        return found

    return live


@pytest.mark.parametrize(("seed", "most"), [(1, past_keys.MOST), (2, 0)])
def test_every_moment_is_answered_as_it_was(
    past: Any, alice: User, monkeypatch: pytest.MonkeyPatch, seed: int, most: int
) -> None:
    """Also where what is looked for is so frequent that everything is read."""
    for name in ("MOST", "MOST_ALIKE"):
        monkeypatch.setattr(past_keys, name, most)
    recorded = past(seed, 40)
    client = signed_in(alice)
    wrong = [
        (moment, address)
        for moment, answers in recorded.items()
        for address, answer in answers.items()
        if told(client, as_of(address, moment)) != answer
    ]
    assert wrong == []


@pytest.mark.parametrize("most", [past_keys.MOST, 0])
def test_salespeople_are_answered_what_management_is_of_their_leads(
    past: Any, alice: User, sam: User, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    for name in ("MOST", "MOST_ALIKE"):
        monkeypatch.setattr(past_keys, name, most)
    moments = list(past(6, 30, questioned=0))[::3]
    his = set(Lead.objects.filter(assigned_to=sam).values_list("id", flat=True))
    converted = Lead.history.exclude(customer=None).values_list("customer_id", flat=True)
    everybody, own = signed_in(alice), signed_in(sam)
    seen = 0
    for moment in moments:
        for query in (*LEADS, *(f"customer={pk}" for pk in converted)):
            address = as_of(f"/api/v1/leads?{query}", moment)
            rows = [row for row in told(everybody, address)["results"] if row["id"] in his]
            for row in rows:
                del row["admin_notes"]
            assert told(own, address)["results"] == rows
            seen += len(rows)
    assert seen > 0


def after(clock: Any) -> str:
    """Let a second pass, and return the moment in its middle."""
    clock.shift(timedelta(milliseconds=500))
    moment = quote(datetime.now(UTC).isoformat())
    clock.shift(timedelta(milliseconds=500))
    return moment


def test_who_may_see_what_is_decided_by_today(
    clock: Any, maria: User, sam: User, sue: User
) -> None:
    was_his = make_unseen(sam).lead
    is_his = make_lead(name="Then", assigned_to=sue, admin_notes="zzprivate")
    then = after(clock)
    with acting(actor=maria):
        was_his.assign(sue)
        is_his.name = "Now"
        is_his.assign(sam)
    client = signed_in(sam)
    rows = client.get(f"/api/v1/leads?as_of={then}").json()["results"]
    assert [(row["name"], row["assigned_to"]["username"]) for row in rows] == [("Then", "sue")]
    assert "admin_notes" not in rows[0]
    for name in MODELS:
        for query in ("", "count=true&", "page_size=1&"):
            answer = client.get(f"/api/v1/{name}?{query}as_of={then}")
            assert traces(answer.content.decode()) == []
    assert client.get(f"/api/v1/leads?search=zelda&count=true&as_of={then}").json()["count"] == 0
    assert client.get(f"/api/v1/leads/{was_his.pk}?as_of={then}").status_code == 404


def test_a_page_of_the_past_is_followed_to_its_end(clock: Any, as_alice: ApiClient) -> None:
    names = [make_customer(name=f"Ana {number}").name for number in range(5)]
    then = after(clock)
    for customer in Customer.objects.all():
        customer.name = f"Zoe {customer.pk}"
        customer.save()
    make_customer(name="Later")
    for ordering, expected in (("name", names), ("-id", names[::-1]), ("updated_at", names)):
        path, found = f"/api/v1/customers?ordering={ordering}&page_size=2&as_of={then}", []
        while path:
            body = as_alice.get(path).json()
            found += [row["name"] for row in body["results"]]
            path = body["next"]
        assert found == expected


def test_nothing_is_there_before_its_beginning(clock: Any, as_alice: ApiClient) -> None:
    before = after(clock)
    customer = make_customer()
    assert as_alice.get(f"/api/v1/customers?as_of={before}&count=true").json()["count"] == 0
    assert as_alice.get(f"/api/v1/customers/{customer.pk}?as_of={before}").status_code == 404
    answer = as_alice.get(f"/api/v1/customers/{customer.pk}?as_of={after(clock)}")
    assert (answer.status_code, "ETag" in answer) == (200, False)


def test_what_is_too_many_to_count_in_little_time_is_not_told(
    clock: Any, as_alice: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        make_customer(name=f"Ana {number}")
    then = after(clock)
    for customer in Customer.objects.all()[:2]:
        customer.archive()

    def count(query: str = "") -> Any:
        answer = as_alice.get(f"/api/v1/customers?count=true&as_of={then}{query}")
        return answer.json()["count"]

    assert (count(), count("&search=ana"), count("&archived=true")) == (4, 4, 0)
    monkeypatch.setattr(past_counts, "MOST_COUNTED", 1)
    assert (count(), count("&search=ana"), count("&search=ana+0")) == (4, None, 1)
    monkeypatch.setattr(past_counts, "MOST_CHANGED", 1)
    assert (count(), count("&archived=true")) == (None, 0)


def test_people_keep_the_names_that_they_have_today(clock: Any, alice: User, sam: User) -> None:
    make_customer(created_by=sam)
    then = after(clock)
    sam.username = "samuel"
    sam.save()
    [row] = signed_in(alice).get(f"/api/v1/customers?as_of={then}").json()["results"]
    assert row["created_by"]["username"] == "samuel"


BAD: tuple[str, ...] = (
    "2026-01-31",
    "2026-01-31T12:00:00",
    "2026-01-31T12:00Z",
    "31/01/2026",
    "now",
    "1767225600",
)
BAD += ("2026-02-30T12:00:00Z", "2026-01-31T25:00:00Z", "2026-01-31T12:00:00+99:99", "")
BAD += ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2999-01-01T00:00:00Z", "²")


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_moment_of_the_past_is_refused(as_alice: ApiClient, text: str) -> None:
    answer = as_alice.get(f"/api/v1/customers?as_of={quote(text)}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "as_of"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "2026-01-31T12:00:00.123456789-04:30"])
def test_any_moment_of_the_past_is_answered(as_alice: ApiClient, text: str) -> None:
    assert as_alice.get(f"/api/v1/invoices?as_of={quote(text)}").json()["results"] == []


def test_the_past_is_not_written(as_alice: ApiClient) -> None:
    customer = make_customer()
    query = "as_of=2026-01-31T12:00:00Z"
    for answer in (
        as_alice.post(f"/api/v1/customers?{query}", {"name": "Ana"}),
        as_alice.patch(f"/api/v1/customers/{customer.pk}?{query}", {"name": "Ana"}),
        as_alice.delete(f"/api/v1/customers/{customer.pk}?{query}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")


def asked_for(client: ApiClient, path: str) -> int:
    """Return how many statements an answer takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", MODELS)
def test_the_past_of_many_costs_what_that_of_one_does(
    clock: Any, as_alice: ApiClient, name: str
) -> None:
    maker = PLAIN[MODELS[name][0]]
    maker()
    one = f"/api/v1/{name}?as_of={after(clock)}"
    asked = asked_for(as_alice, one)
    more_rows(maker())
    many = f"/api/v1/{name}?as_of={after(clock)}"
    assert asked_for(as_alice, many) == asked
    assert len(as_alice.get(many).json()["results"]) > len(as_alice.get(one).json()["results"])


@pytest.mark.parametrize("model", [Customer, Lead, Invoice], ids=lambda model: model.__name__)
def test_replaced_texts_are_those_that_the_history_tells(past: Any, model: Any) -> None:
    past(6, 80, questioned=0)
    named = words(model)
    with connection.cursor() as cursor:
        statement = 'SELECT record_id, {columns} FROM "{texts}"'
        cursor.execute(statement.format(**named))
        kept = sorted(cursor.fetchall(), key=repr)
    assert kept
    told = [(pk, *values) for pk, _until, values in replaced_texts(model)]
    assert kept == sorted(told, key=repr)
