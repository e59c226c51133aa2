"""The quick way to find that a proof holds says yes to what is common, and never too often."""

from copy import copy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import checking
from audit.quick import Quick
from audit.ranges import LARGEST
from audit.tests.make import Sample, make
from audit.trail import trail_of, trails
from crm.base.models import SecurityEvent
from crm.base.trail.proof import holds
from crm.base.trail.security_events import note
from crm.base.trail.shapes import shape_of

HISTORY: Any = Sample.history.model
COVERED = shape_of(HISTORY)
OTHER: dict[type, Any] = {
    str: "Roma",
    int: 4711,
    list: ["name"],
    type(None): "Roma",
    type(timezone.now()): timezone.now() + timedelta(days=1),
}


def values(row: Any, covered: Any = COVERED) -> list[Any]:
    return [row.__dict__[name] for name in covered.names]


def test_it_knows_what_is_common(ana: Any) -> None:
    note("login", address="192.0.2.1")
    for model in (HISTORY, SecurityEvent):
        quick = Quick(shape_of(model))
        rows = list(model.objects.all())
        assert rows
        assert all(quick.holds(row.proof, values(row, quick.covered)) for row in rows)


def test_nothing_is_looked_at_twice(ana: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "unproven", lambda *_: "looked at twice")
    found = [one.wrong for trail in trails() for one in checking.checked(trail, [(1, LARGEST)])]
    assert found
    assert not any(found)


@pytest.mark.parametrize("nth", [0, 1])
def test_another_value_of_no_column_is_proven(nth: int, ana: Any) -> None:
    row = ana.history.order_by("history_id")[nth]
    unbound = ["id"] if nth == 0 else []  # which a creation does not bind
    assert [name for name in COVERED.names if quickly_holds(changed(row, name))] == unbound
    assert [
        name for name in COVERED.names if holds(row.proof, COVERED, changed(row, name).__dict__)
    ] == unbound


def changed(row: Any, name: str) -> Any:
    """Return a copy of ``row`` with another value of the column ``name``."""
    other = copy(row)
    other.__dict__[name] = OTHER.get(type(row.__dict__[name]))
    return other


def quickly_holds(row: Any) -> bool:
    return Quick(COVERED).holds(row.proof, values(row))


def test_what_is_no_proof_is_none(ana: Any) -> None:
    row = ana.history.first()
    for proof in ("", "no proof", "1.2.3.4", "....", "1.2.ñ.\ud800", "9.a.b.c"):
        assert not Quick(COVERED).holds(proof, values(row)), proof
        ending = proof and row.proof.rpartition(".")[0] + "." + proof
        assert not Quick(COVERED).holds(ending, values(row)), ending


def test_an_erased_value_is_looked_at_twice(ana: Any) -> None:
    row = ana.history.first()
    key, shape, _, mac = row.proof.split(".")
    assert not Quick(COVERED).holds(f"{key}.{shape}.1~00~00.{mac}", values(row))


def test_it_looks_for_the_shape_of_its_own_table(db: None) -> None:
    make(name="Ana")
    row = HISTORY.objects.get()
    other = COVERED._replace(digest="0" * 16)
    assert not Quick(other).holds(row.proof, values(row))
    assert trail_of(HISTORY._meta.db_table).model is HISTORY
