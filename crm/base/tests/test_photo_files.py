import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crm.base import photo_files
from crm.base.images import Photo
from crm.base.photo_files import (
    StorageFull,
    photo_path,
    remove,
    remove_unfinished,
    store,
    stored_digests,
)

ALPHA = Photo(digest="ab" * 32, full=b"full" * 1000, thumbnail=b"thumbnail")
BETA = Photo(digest="cd" * 32, full=b"other", thumbnail=b"small")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_photo_is_stored_under_what_it_holds(media: Path) -> None:
    assert store(ALPHA) == ALPHA.digest
    assert files(media) == [
        f"photos/ab/{ALPHA.digest}.thumb.webp",
        f"photos/ab/{ALPHA.digest}.webp",
    ]
    assert photo_path(ALPHA.digest).read_bytes() == ALPHA.full
    assert photo_path(ALPHA.digest, thumbnail=True).read_bytes() == ALPHA.thumbnail


def test_storing_again_only_makes_it_young(media: Path) -> None:
    store(ALPHA)
    inode = photo_path(ALPHA.digest).stat().st_ino
    for thumbnail in (False, True):
        os.utime(photo_path(ALPHA.digest, thumbnail), (1000, 1000))
    assert list(stored_digests()) == [(ALPHA.digest, 1000.0)]
    store(ALPHA)
    assert photo_path(ALPHA.digest).stat().st_ino == inode
    assert [modified > 1000 for _, modified in stored_digests()] == [True]
    assert len(files(media)) == 2


def test_it_completes_what_a_crash_left_incomplete() -> None:
    store(ALPHA)
    photo_path(ALPHA.digest).write_bytes(b"")
    photo_path(ALPHA.digest, thumbnail=True).unlink()
    store(ALPHA)
    assert photo_path(ALPHA.digest).read_bytes() == ALPHA.full
    assert photo_path(ALPHA.digest, thumbnail=True).read_bytes() == ALPHA.thumbnail


@pytest.mark.parametrize(
    "digest", ["", "ab", "AB" * 32, "../" * 21 + "a", "ab" * 32 + "\n", "ab" * 33, "é" * 64]
)
def test_a_path_is_made_of_digests_only(digest: str) -> None:
    for ask in (photo_path, remove):
        with pytest.raises(ValueError, match="64"):
            ask(digest)


def test_a_full_disk_keeps_nothing_and_hurts_nobody(media: Path) -> None:
    store(BETA)
    with no_file_larger_than(len(ALPHA.thumbnail) + 1), pytest.raises(StorageFull):
        store(ALPHA)
    assert not photo_path(ALPHA.digest).exists()
    assert not [name for name in files(media) if "unfinished" in name]
    assert photo_path(BETA.digest).read_bytes() == BETA.full
    store(ALPHA)
    assert photo_path(ALPHA.digest).read_bytes() == ALPHA.full


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_says_so_late_is_full_too(
    reason: int, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StorageFull) as failure:
        store(ALPHA)
    assert failure.value.errno == reason
    assert files(media) == []


def test_other_failures_keep_their_name(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken") as failure:
        store(ALPHA)
    assert not isinstance(failure.value, StorageFull)
    assert files(media) == []


def test_content_reaches_the_disk_before_its_name(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished: list[int] = []
    fsync = os.fsync

    def spy(descriptor: int) -> None:
        unfinished.append(len([name for name in files(media) if name.endswith(".unfinished")]))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    store(ALPHA)
    # For the thumbnail, then for the photo: the file, and once it has its name the directory.
    assert unfinished == [1, 0, 1, 0]


def test_a_photo_is_listed_when_any_of_its_files_is_there(media: Path) -> None:
    assert list(stored_digests()) == []
    store(BETA)
    store(ALPHA)
    photo_path(BETA.digest).unlink()
    (media / "photos" / "ab" / "README.webp").touch()
    (media / "photos" / "other").mkdir()
    assert [digest for digest, _ in stored_digests()] == [ALPHA.digest, BETA.digest]


def test_a_photo_that_vanishes_while_listing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    store(ALPHA)
    monkeypatch.setattr(photo_files, "_modified", lambda path: None)
    assert list(stored_digests()) == []


def test_a_removed_photo_is_gone_and_may_be_removed_again(media: Path) -> None:
    store(ALPHA)
    store(BETA)
    remove(ALPHA.digest)
    remove(ALPHA.digest)
    assert [digest for digest, _ in stored_digests()] == [BETA.digest]
    assert len(files(media)) == 2


def test_what_a_crash_left_half_written_is_removed_when_it_is_old(media: Path) -> None:
    store(ALPHA)
    old, young = (media / "photos" / "ab" / f"{name}.unfinished" for name in ("old", "young"))
    for path, modified in ((old, 1000), (young, 3000)):
        path.touch()
        os.utime(path, (modified, modified))
    assert remove_unfinished(before=2000) == 1
    assert young.exists()
    assert not old.exists()
    assert len(list(stored_digests())) == 1
