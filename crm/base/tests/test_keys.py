"""The counters of the databases, and what is drawn from them."""

import pytest

from crm.base.storing import keys
from crm.base.tests.sample import Sample, make

pytestmark = pytest.mark.django_db


def test_what_is_drawn_no_record_gets() -> None:
    before = make().pk
    drawn = keys.draw(Sample, 3)
    assert len(set(drawn)) == 3
    assert min(drawn) > before
    assert make().pk > max(drawn)
    assert not set(keys.draw(Sample)) & {*drawn}


def test_nothing_is_drawn_for_nobody() -> None:
    assert list(keys.draw(Sample, 0)) == []


def test_a_counter_is_lifted_and_never_put_back() -> None:
    past = make().pk + 100
    keys.lift(Sample, past)
    keys.lift(Sample, 1)
    assert make().pk == past + 1
