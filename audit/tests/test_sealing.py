"""What is sealed when, with which key, and where that is noted."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from audit import anchors, sealing
from audit.models import Seal
from audit.tests.make import PAST, Sample, entries, found, make, run, seal, superuser
from audit.trail import trails

pytestmark = pytest.mark.django_db


def test_what_commits_late_is_sealed_later(db: None) -> None:
    late, early = make(name="Late"), make(name="Early")
    row = Sample.history.get(id=late.pk)
    with superuser() as cursor:
        run(cursor, "DELETE FROM {past} WHERE history_id = %s", row.history_id)
        sealing.seal()
        row.save(force_insert=True)
        assert sealing.seal() == 1
        assert found() == []
        ranges = list(Seal.objects.filter(table=PAST).order_by("number").values_list("ranges"))
    assert ranges == [(str(entries(early)[0]),), (str(row.history_id),)]


def test_what_was_passed_over_long_ago_is_not_looked_for(ana: Any) -> None:
    [trail] = [one for one in trails() if one.table == PAST]
    last = Seal.objects.get(number=2).last_id
    assert sealing.covered(trail, timezone.now() + timedelta(days=1)) == [(0, last)]


def test_there_is_no_seal_of_nothing(ana: Any) -> None:
    assert sealing.seal() == 0
    assert Seal.objects.count() == 2


def test_many_entries_are_sealed_in_batches(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    for number in range(5):
        make(name=f"C{number}")
    assert sealing.seal() == 5
    assert list(Seal.objects.order_by("number").values_list("count", flat=True)) == [2, 2, 1]
    assert found() == []


def test_a_new_key_leaves_what_the_old_one_proved(ana: Any, settings: Any) -> None:
    old, new = settings.AUDIT_KEYS, {"2": b"a new key that is long enough, too"}
    with superuser():
        settings.AUDIT_KEYS = new | old
        ana.city = "Lima"
        ana.save()
        seal()
        assert Sample.history.latest("history_id").proof.startswith("2.")
        assert found() == []
        settings.AUDIT_KEYS = new
        assert "seal 1 was changed, or made without our key" in found()
    settings.AUDIT_KEYS = old


def test_the_anchors_hold_each_seal_once(ana: Any, file: Path) -> None:
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["number"] for line in lines] == [1, 2]
    assert lines[1]["mac"] == Seal.objects.get(number=2).mac
    assert anchors.anchor() == 0


def test_what_a_crash_cut_off_is_anchored_again(ana: Any, file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    assert anchors.anchor() == 1
    assert file.read_bytes() == whole


def test_anchors_of_other_seals_are_left_alone(ana: Any, file: Path) -> None:
    file.write_text(file.read_text().replace(Seal.objects.get(number=2).mac, "0" * 64))
    before = file.read_text()
    with pytest.raises(anchors.AnchorsBroken, match="seal 2"):
        anchors.anchor()
    assert file.read_text() == before
