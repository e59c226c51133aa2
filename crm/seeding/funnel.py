"""Draws leads that go down a funnel, with what was done and what happens next."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone
from faker import Faker

from accounts.models import User
from crm.seeding.moments import Calendar
from crm.seeding.phone_numbers import PhoneNumbers
from crm.seeding.places import Places
from crm.seeding.plan import Plan
from crm.seeding.words import Words, handle
from leads.choices import FOLLOW_UP_AFTER, Channel, ProcessStatus, Status
from leads.models import Action, Lead, Process

# Of a hundred leads of each channel, and how many of those asked become customers.
CHANNELS = {Channel.WEB: 40, Channel.WHATSAPP: 30, Channel.INSTAGRAM: 20, Channel.MANUAL: 10}
WINS = {Channel.WEB: 35, Channel.WHATSAPP: 50, Channel.INSTAGRAM: 25, Channel.MANUAL: 65}
WORDS = ("call", "whatsapp", "email", "meeting", "note")
DETAILS = ("Asked for prices.", "Will decide next week.", "Wants a visit.", "Did not answer.", "")


@dataclass
class Story:
    """A lead's versions, oldest first, with its actions; the step is what happens next."""

    versions: list[Lead]
    actions: list[Action] = field(default_factory=list)
    step: Process | None = None


class Funnel:
    """Draws the leads of ``plan``, numbered from ``first`` so that a second run differs."""

    def __init__(
        self, plan: Plan, people: Sequence[User], customers: Sequence[int], first: int
    ) -> None:
        self._plan, self._people, self._customers, self._first = plan, people, customers, first
        faker = Faker(plan.locale)
        faker.seed_instance(f"leads {plan.seed} {plan.locale} {first}")
        self._random: Random = faker.random
        self._words = Words(faker, plan.locale, plan.leads)
        self._places = Places(self._random, plan.locale)
        self._phones = PhoneNumbers(self._random)
        zone = timezone.get_default_timezone()
        self._calendar = Calendar(self._random, plan.until, zone)
        self._end = datetime.combine(plan.until, datetime.min.time(), zone)

    def stories(self) -> Iterator[Story]:
        """Yield each lead's story, in the order in which they were entered."""
        for number, moment in enumerate(self._calendar.beginnings(self._plan.leads), self._first):
            story = Story([self._lead(number, moment)])
            self._work_on(story)
            yield story

    def _happens(self, percent: float) -> bool:
        return self._random.random() * 100 < percent

    def _lead(self, number: int, moment: datetime) -> Lead:
        pick = self._random
        gender = pick.choice(("female", "male"))
        name, surname = self._words.name(gender), self._words.surname(gender)
        channel = pick.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        login = handle(name, surname)
        has_phone = channel == Channel.WHATSAPP or self._happens(50)
        # The first seller has the most, as in life.
        weights = range(len(self._people), 0, -1)
        seller = pick.choices(self._people, weights)[0] if self._people else None
        return Lead(
            name=f"{name} {surname}",
            email=f"{login}{number}@example.net",
            phone=self._phones.phone(self._places.market(), number) if has_phone else None,
            instagram=login if channel == Channel.INSTAGRAM else "",
            channel=channel,
            expected_value=pick.randrange(5, 500) * 10 if self._happens(60) else None,
            source_url="https://example.com/contact" if channel == Channel.WEB else "",
            assigned_to=None if self._happens(4) else seller,
            created_by=seller,
            created_at=moment,
            updated_at=moment,
            status_changed_at=moment,
            touched_at=moment,
        )

    def _work_on(self, story: Story) -> None:
        """Let the lead go down the funnel, until it ends, gets stuck or the present is reached."""
        if story.versions[0].assigned_to_id is None or not self._happens(90):
            return
        wins = WINS[Channel(story.versions[0].channel)]
        for hoped in (Status.CONTACTED, Status.QUOTED, Status.CLOSED):
            is_lost = self._happens(100 - wins if hoped == Status.CLOSED else 12)
            status = Status.DISCARDED if is_lost else hoped
            if not self._move(story, status) or not story.versions[-1].is_open:
                break
            if self._happens(10):
                break  # nobody has asked since
        self._plan_next(story)

    def _move(self, story: Story, status: Status) -> bool:
        """Add the version in which the lead has ``status``, after an action; not in the future."""
        last = story.versions[-1]
        moment = last.updated_at + timedelta(hours=1 + self._random.expovariate(1 / 150))
        if moment >= self._end or (status == Status.CLOSED and not self._customers):
            return False
        seller = last.assigned_to
        acted = moment - timedelta(minutes=self._random.randrange(1, 50))
        story.actions.append(
            Action(
                action_type=self._random.choice(WORDS),
                details=self._random.choice(DETAILS),
                occurred_at=acted,
                created_at=acted,
                created_by=seller,
            )
        )
        version = copy.copy(last)
        version.status = status
        version.updated_at = version.status_changed_at = version.touched_at = moment
        version.modified_by = seller
        if status == Status.CLOSED:
            version.customer_id = self._random.choice(self._customers)
        story.versions.append(version)
        return True

    def _plan_next(self, story: Story) -> None:
        """Open the process of a lead somebody has spoken to; it ended with the lead."""
        if not story.actions:
            return
        lead, last = story.versions[-1], story.actions[-1]
        due = last.occurred_at + FOLLOW_UP_AFTER
        if lead.is_open and due < self._end and not self._happens(15):
            # Somebody set a date: of most, one around the present.
            due = self._end + timedelta(hours=self._random.randrange(-48, 14 * 24))
        story.step = Process(
            name=lead.name,
            channel=last.action_type,
            next_followup_at=due,
            status=ProcessStatus.ACTIVE if lead.is_open else ProcessStatus.COMPLETED,
            owner_id=lead.assigned_to_id,
            created_at=last.created_at,
            created_by_id=last.created_by_id,
        )
