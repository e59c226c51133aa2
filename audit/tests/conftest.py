import pathlib
from typing import Any

import pytest

from audit.tests.make import Sample, make, seal


@pytest.fixture(autouse=True)
def file(settings: Any, tmp_path: pathlib.Path) -> pathlib.Path:
    """The file of anchors."""
    settings.AUDIT_ANCHORS = tmp_path / "anchors.jsonl"
    return tmp_path / "anchors.jsonl"


@pytest.fixture
def ana(db: None) -> Any:
    """A record with a past, one of several, all sealed and anchored in two steps."""
    ana, berta = make(name="Ana", city="Caracas"), make(name="Berta")
    ana.city = "Lima"
    ana.save()
    seal()
    berta.archive()
    ana.email = "ana@example.org"
    ana.save()
    Sample.objects.filter(pk=ana.pk).audited_update(city="Coro")
    make(name="Carla")
    seal()
    return Sample.objects.get(pk=ana.pk)
