"""Invents leads: a funnel over two years, and people who work on it."""

from collections.abc import Sequence
from itertools import islice

from accounts.models import User
from accounts.roles import Role
from crm.seeding.funnel import Funnel, Story
from crm.seeding.plan import Plan, Progress
from customers.models import Customer
from leads.models import Action, Lead, Process

BATCH = 500


def seed_leads(plan: Plan, progress: Progress) -> None:
    """Store the leads of ``plan`` with their history; the caller opens the transaction."""
    customers = Customer.objects.live().order_by("-id").values_list("pk", flat=True)[:10_000]
    stories = Funnel(plan, sellers(), list(customers), Lead.objects.count()).stories()
    while batch := list(islice(stories, BATCH)):
        store(batch)
        progress(len(batch))


def sellers() -> list[User]:
    """Return the active salespeople; everybody active where there are none."""
    active = User.objects.filter(is_active=True).order_by("username")
    return list(active.filter(role=Role.SALES)) or list(active)


def store(stories: Sequence[Story]) -> None:
    Lead.objects.audited_replay([story.versions for story in stories])
    for story in stories:
        for action in story.actions:
            action.lead = story.versions[-1]
    Action.objects.audited_bulk_create([action for story in stories for action in story.actions])
    steps = []
    for story in stories:
        if story.step:
            story.step.lead = story.versions[-1]
            story.step.last_action = story.actions[-1]
            steps.append(story.step)
    Process.objects.audited_bulk_create(steps)
