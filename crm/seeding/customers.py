"""Invents customers, each with what has happened to it since."""

import copy
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from random import Random

from django.utils import timezone
from faker import Faker

from accounts.models import User
from crm.seeding.moments import Calendar
from crm.seeding.phone_numbers import PhoneNumbers
from crm.seeding.places import Market, Places
from crm.seeding.plan import Plan, Progress
from crm.seeding.words import Words, handle
from customers.models import ClientType, Customer

BATCH = 500
DOMAINS = ("example.com", "example.org", "example.net")  # RFC 2606: nobody's
Story = list[Customer]  # one customer's versions, oldest first


def seed_customers(plan: Plan, progress: Progress) -> None:
    """Store the customers of ``plan`` with their history; the caller opens the transaction."""
    existing = Customer.objects.count()
    staff = User.objects.filter(is_active=True).order_by("username")
    stories = Inventor(plan, list(staff), existing).stories()
    while batch := list(islice(stories, BATCH)):
        if existing:
            _leave_out_taken(batch)
        Customer.objects.audited_replay(batch)
        progress(len(batch))


def _leave_out_taken(stories: list[Story]) -> None:
    """Take away emails and phones that customers have who were there before."""
    for field in ("email", "phone"):
        values = {getattr(story[-1], field) for story in stories}
        taken = set(
            Customer.objects.live()
            .filter(**{f"{field}__in": values - {None}})
            .values_list(field, flat=True)
        )
        for customer in (customer for story in stories for customer in story):
            if getattr(customer, field) in taken:
                setattr(customer, field, None)


class Inventor:
    """Draws the customers of ``plan``, numbered from ``first`` so that a second run differs.

    ``authors`` are the users who enter and change them.
    """

    def __init__(self, plan: Plan, authors: Sequence[User], first: int) -> None:
        self._plan = plan
        self._authors = authors
        self._first = first
        faker = Faker(plan.locale)
        faker.seed_instance(f"{plan.seed} {plan.locale} {first}")
        self._random: Random = faker.random
        self._words = Words(faker, plan.locale, plan.customers)
        self._places = Places(self._random, plan.locale)
        self._phones = PhoneNumbers(self._random)
        self._calendar = Calendar(self._random, plan.until, timezone.get_default_timezone())

    def stories(self) -> Iterator[Story]:
        """Yield each customer's story, in the order in which they became customers."""
        moments = self._calendar.beginnings(self._plan.customers)
        for number, moment in enumerate(moments, start=self._first):
            market = self._places.market()
            story = [self._customer(number, moment, market)]
            self._add_changes(story, number, market)
            yield story

    def _happens(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def _author(self) -> User | None:
        return self._random.choice(self._authors) if self._authors else None

    def _customer(self, number: int, moment: datetime, market: Market) -> Customer:
        random, words = self._random, self._words
        is_company = self._happens(20)
        gender = random.choice(("female", "male"))
        name, surname = words.name(gender), words.surname(gender)
        login = handle(name, surname)
        customer = Customer(
            uuid=uuid.UUID(int=random.getrandbits(128), version=4),
            client_type=ClientType.JURIDICAL if is_company else ClientType.NATURAL,
            name=name,
            surname=surname,
            company_name=words.company() if is_company else "",
            tax_id=market.tax_id(random, is_company) if is_company or self._happens(40) else "",
            email=f"{login}{number + 1}@{random.choice(DOMAINS)}" if self._happens(90) else None,
            phone=self._phones.phone(market, number) if self._happens(94) else None,
            instagram=f"{login}{random.randrange(100)}" if self._happens(35) else "",
            age=None if is_company or self._happens(15) else int(random.triangular(18, 90, 34)),
            gender="" if is_company or self._happens(8) else gender,
            created_at=moment,
            updated_at=moment,
            registered_at=moment,
            created_by=self._author(),
        )
        self._move(customer, market)
        return customer

    def _move(self, customer: Customer, market: Market) -> None:
        """Give the customer an address in a city of the country."""
        customer.address = self._words.address()
        customer.city = self._random.choice(market.cities)
        customer.postal_code = self._places.postal_code(market)
        customer.country = market.country

    def _add_changes(self, story: Story, number: int, market: Market) -> None:
        """Append what came later: another phone, another address, the end."""
        if self._happens(6) and (moved := self._later(story)):
            self._move(moved, market)
        if self._happens(7) and (reached := self._later(story)):
            reached.phone = self._phones.phone(market, number + self._plan.customers)
        if self._happens(4) and (left := self._later(story)):
            left.archived_at = left.updated_at

    def _later(self, story: Story) -> Customer | None:
        """Append a later version of the customer and return it, unless it is yet to come."""
        moment = self._calendar.after(story[-1].updated_at)
        if moment is None:
            return None
        version = copy.copy(story[-1])
        version.updated_at = moment
        version.modified_by = self._author()
        story.append(version)
        return version
