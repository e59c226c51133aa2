"""The demo company's leads: a funnel that could be true."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from accounts.models import User
from leads.choices import OPEN
from leads.models import Action, Lead, Process

UNTIL = date(2026, 6, 1)
END = datetime(2026, 6, 1, tzinfo=UTC)
MODELS: tuple[Any, ...] = (Lead, Action, Process)

pytestmark = pytest.mark.django_db


def seed(**options: Any) -> None:
    call_command(
        "seed", **{"customers": 20, "leads": 300, "invoices": 0, "until": str(UNTIL)} | options
    )


def rows(**options: Any) -> Any:
    """Return all that ``seed`` stores but for numbers, and take it back."""
    with transaction.atomic():
        seed(**options)
        numbers = {"id", "customer_id", "lead_id", "last_action_id", "updated_at"}
        stored = [
            {name: value for name, value in row.items() if name not in numbers}
            for model in MODELS
            for row in model.objects.order_by("pk").values()
        ]
        transaction.set_rollback(True)
    return stored


def test_there_are_leads_in_every_status_and_channel(sam: User, sue: User) -> None:
    seed()
    assert Lead.objects.count() == 300
    for name, kinds in (("status", 5), ("channel", 4)):
        assert min(Counter(Lead.objects.values_list(name, flat=True)).values()) > 5
        assert Lead.objects.values(name).distinct().order_by().count() == kinds
    assert set(Lead.objects.values_list("assigned_to__username", flat=True)) == {
        *("sam", "sue", None),
    }


def test_somebody_is_late_and_something_is_yet_to_come(sam: User) -> None:
    seed()
    assert Process.objects.due(END).exists()
    assert Process.objects.open().filter(next_followup_at__gt=END).exists()


def test_it_keeps_the_rules(sam: User) -> None:
    seed()
    assert not Process.objects.open().exclude(lead__status__in=OPEN).exists()
    assert not Process.objects.exclude(owner=F("lead__assigned_to")).exists()
    assert not Process.objects.exclude(last_action__lead=F("lead")).exists()
    assert not Action.objects.filter(occurred_at__gte=END).exists()
    assert not Lead.objects.filter(status="new").exclude(version=1).exists()
    for record in (*Lead.objects.all()[:50], *Process.objects.all()[:20]):
        record.validate()
        assert record.changed_fields() == []


def test_the_same_options_give_the_same_rows(sam: User) -> None:
    assert rows(leads=60) == rows(leads=60)
    assert rows(leads=60) != rows(leads=60, seed=2)


def test_without_anybody_to_assign_them_to_they_are_nobody_s() -> None:
    seed(leads=20)
    assert Lead.objects.filter(assigned_to=None).count() == 20
