"""The command that removes the photos nobody shows any more."""

import os
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.base import photo_files
from crm.base.images import Photo
from crm.base.photo_files import photo_path, remove, store
from crm.management import unused_photos
from crm.tests.races import race, signal
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.tests.make import make_company

ALPHA = Photo(digest="ab" * 32, full=b"full" * 10, thumbnail=b"small")
BETA = Photo(digest="cd" * 32, full=b"other", thumbnail=b"little")
HOUR = 3600
TWO_YEARS = 2 * 365 * 24


def age(digest: str, hours: float) -> None:
    stored_at = time.time() - hours * HOUR
    for thumbnail in (False, True):
        os.utime(photo_path(digest, thumbnail), (stored_at, stored_at))


def stored(photo: Photo = ALPHA, *, hours: float = TWO_YEARS) -> str:
    """Store ``photo`` as if it had been done ``hours`` ago."""
    digest = store(photo)
    age(digest, hours)
    return digest


def exists(digest: str) -> bool:
    return photo_path(digest).exists() and photo_path(digest, thumbnail=True).exists()


def collect(**options: Any) -> None:
    call_command("collect_unused_photos", **options)


def customer_with(digest: str, *, days_ago: int) -> Customer:
    with time_machine.travel(timezone.now() - timedelta(days=days_ago), tick=False):
        return make_customer(photo=digest)


def show(customer: Customer, digest: str | None, *, days_ago: int) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=days_ago), tick=False):
        customer.set_photo(digest)


@pytest.mark.django_db
def test_the_company_s_logo_stays() -> None:
    digest = stored()
    make_company().set_logo(digest)
    collect()
    assert exists(digest)


@pytest.mark.django_db
def test_a_photo_that_nobody_ever_showed_is_removed(capsys: pytest.CaptureFixture[str]) -> None:
    digest = stored()
    collect()
    assert not photo_path(digest).exists()
    assert not photo_path(digest, thumbnail=True).exists()
    assert capsys.readouterr().out.splitlines() == [
        "unused photos removed: 1",
        "unfinished files removed: 0",
    ]


@pytest.mark.django_db
def test_a_customers_photo_stays() -> None:
    make_customer(photo=stored())
    collect()
    assert exists(ALPHA.digest)


@pytest.mark.django_db
def test_an_archived_customers_photo_stays_for_their_return() -> None:
    customer = customer_with(stored(), days_ago=400)
    with time_machine.travel(timezone.now() - timedelta(days=300)):
        customer.archive()
    collect()
    assert exists(ALPHA.digest)


@pytest.mark.django_db
def test_a_photo_replaced_long_ago_is_removed() -> None:
    customer = customer_with(stored(ALPHA), days_ago=400)
    show(customer, stored(BETA), days_ago=31)
    collect()
    assert not exists(ALPHA.digest)
    assert exists(BETA.digest)


@pytest.mark.django_db
def test_a_photo_replaced_lately_stays_however_old_it_is() -> None:
    customer = customer_with(stored(ALPHA), days_ago=400)
    show(customer, stored(BETA), days_ago=29)
    collect()
    assert exists(ALPHA.digest)


@pytest.mark.django_db
def test_how_long_a_replaced_photo_stays_is_a_setting(settings: Any) -> None:
    customer = customer_with(stored(ALPHA), days_ago=400)
    show(customer, None, days_ago=29)
    settings.PHOTO_HISTORY_DAYS = 28
    collect()
    assert not exists(ALPHA.digest)


@pytest.mark.django_db
def test_a_photo_that_another_customer_shows_stays() -> None:
    show(customer_with(stored(), days_ago=400), None, days_ago=200)
    make_customer(photo=ALPHA.digest)
    collect()
    assert exists(ALPHA.digest)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "grace", "stays"), [(23, 24, True), (25, 24, False), (2, 1, False)]
)
def test_a_photo_stored_just_now_stays_until_its_customer_is_saved(
    hours: int, grace: int, stays: bool
) -> None:
    stored(hours=hours)
    collect(grace_hours=grace)
    assert exists(ALPHA.digest) is stays


@pytest.mark.django_db
@pytest.mark.parametrize("grace", [0, -1])
def test_it_refuses_to_work_without_a_grace(grace: int) -> None:
    stored()
    with pytest.raises(CommandError, match="--grace-hours takes 1 or more"):
        collect(grace_hours=grace)
    assert exists(ALPHA.digest)


@pytest.mark.django_db
def test_a_dry_run_only_counts(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    stored()
    unfinished = left_unfinished(settings, hours=48)
    collect(dry_run=True)
    assert exists(ALPHA.digest)
    assert unfinished.exists()
    assert capsys.readouterr().out == "unused photos: 1\n"


def left_unfinished(settings: Any, *, hours: float) -> Path:
    path = Path(settings.MEDIA_ROOT) / "photos" / "ab" / "0123.unfinished"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (time.time() - hours * HOUR,) * 2)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "stays"), [(1, True), (48, False)])
def test_what_an_upload_left_unfinished_is_removed_when_it_is_old(
    hours: int, stays: bool, settings: Any
) -> None:
    path = left_unfinished(settings, hours=hours)
    collect()
    assert path.exists() is stays


@pytest.mark.django_db
def test_a_photo_shown_again_after_it_was_found_unused_stays() -> None:
    before = time.time() - 24 * HOUR
    stored()
    found = unused_photos.unused_photos(before)
    make_customer(photo=ALPHA.digest)
    assert unused_photos.remove_unused_photos(found, before) == 0
    assert exists(ALPHA.digest)


@pytest.mark.django_db
def test_a_photo_stored_again_after_it_was_found_unused_stays() -> None:
    before = time.time() - 24 * HOUR
    stored()
    found = unused_photos.unused_photos(before)
    store(ALPHA)
    assert unused_photos.remove_unused_photos(found, before) == 0
    assert exists(ALPHA.digest)


@pytest.mark.parametrize("thumbnail", [False, True])
def test_a_photo_stored_again_while_its_age_is_read_stays(
    thumbnail: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_age = photo_files._modified
    paths = []

    def read_age_slowly(path: Path) -> float | None:
        age_read = read_age(path)
        paths.append(path)
        if len(paths) == 1 + thumbnail:
            store(ALPHA)
        return age_read

    stored()
    monkeypatch.setattr(photo_files, "_modified", read_age_slowly)
    remove(ALPHA.digest, before=time.time() - 24 * HOUR)
    assert len(paths) == 2
    assert exists(ALPHA.digest)


def test_a_photo_that_vanishes_while_it_is_stored_again_is_written_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    touch = os.utime

    def touch_too_late(path: Path) -> None:
        path.unlink()
        touch(path)

    stored()
    monkeypatch.setattr("crm.base.photo_files.os.utime", touch_too_late)
    store(ALPHA)
    assert exists(ALPHA.digest)


ROUNDS = 200


def store_again_and_again(done: Event, taken: Event) -> int:
    """Return how often a photo just stored was not there, once some had been taken."""
    lost = 0
    for turn in count():
        if turn >= ROUNDS and taken.is_set():
            break
        with suppress(FileNotFoundError):
            age(ALPHA.digest, hours=48)
        # Each time a little later in what the other process does.
        until = time.perf_counter() + turn % 40 * 5e-6
        while time.perf_counter() < until:
            pass
        store(ALPHA)
        lost += not exists_now()
    done.set()
    return lost


def exists_now() -> bool:
    """Look for a while: a photo is aside in the moment in which its age is read."""
    deadline = time.monotonic() + 10
    while not exists(ALPHA.digest):
        if time.monotonic() > deadline:
            return False
    return True


def remove_again_and_again(done: Event, taken: Event) -> None:
    """Remove the photo whenever it is old."""
    while not done.is_set():
        there = exists(ALPHA.digest)
        if remove(ALPHA.digest, time.time() - 24 * HOUR) and there:
            taken.set()


@pytest.mark.race
@pytest.mark.usefixtures("transactional_db")
def test_no_photo_is_lost_that_is_stored_while_it_is_removed() -> None:
    store(ALPHA)
    done, taken = signal(), signal()
    lost, _nothing = race(
        partial(store_again_and_again, done, taken), partial(remove_again_and_again, done, taken)
    )
    assert lost == 0
    assert taken.is_set()
