"""What the tests of leads share."""

from typing import Any

import pytest

from accounts.models import User
from leads.models import Lead
from leads.tests.callers import CALLERS, PEOPLE
from leads.tests.make import make_lead


def each(callers: dict[str, Any]) -> list[Any]:
    """Return the names of all; behind them is one model, so one will do on the second database."""
    first, *others = callers
    return [first, *(pytest.param(other, marks=pytest.mark.any_database) for other in others)]


@pytest.fixture(params=each(CALLERS))
def caller(request: pytest.FixtureRequest, maria: User) -> Any:
    """Everybody who may try, with the rights of management."""
    return CALLERS[request.param](maria)


@pytest.fixture(params=each(PEOPLE))
def seller(request: pytest.FixtureRequest, sam: User) -> Any:
    """sam, over the API and at the console."""
    return PEOPLE[request.param](sam)


@pytest.fixture
def sams(sam: User) -> Lead:
    """A lead of sam's."""
    return make_lead(name="Ana", assigned_to=sam)


@pytest.fixture
def sues(sue: User) -> Lead:
    """A lead of sue's."""
    return make_lead(name="Zelda Unseen", email="zelda.unseen@example.org", assigned_to=sue)
