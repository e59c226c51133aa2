"""Foreign keys in histories and conflicts are told by name, to those who may see them."""

from typing import Any

import pytest

from accounts.models import User
from crm.base import readable
from customers.models import Customer

FIELD = Customer._meta.get_field("created_by")


def named(actor: User, value: Any) -> str:
    return readable.Names(Customer, actor, [{"created_by": value}]).readable(FIELD, value)


def test_whom_one_may_see_is_named(alice: User, sam: User) -> None:
    assert named(alice, sam.pk) == "sam"
    assert named(alice, str(sam.pk)) == "sam"
    assert named(sam, sam.pk) == "sam"


def test_others_stay_nameless(alice: User, sam: User) -> None:
    assert named(sam, alice.pk) == "not visible to you"


@pytest.mark.parametrize("value", [None, ""])
def test_nobody_is_nothing(alice: User, value: Any) -> None:
    assert named(alice, value) == "–"


@pytest.mark.parametrize("value", ["abc", "9" * 40, "²"])
def test_what_is_no_number_asks_nothing_of_the_database(alice: User, value: str) -> None:
    assert named(alice, value) == value
