"""Photos on disk: immutable files under ``MEDIA_ROOT``, named by what they hold.

photos/ab/ab….webp is a photo, photos/ab/ab….thumb.webp its thumbnail.
"""

import errno
import math
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from crm.base.images import Photo

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL, _THUMBNAIL, _UNFINISHED = ".webp", ".thumb.webp", ".unfinished"
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StorageFull(OSError):
    """There is no room for another file; nothing of it was kept."""


def photo_path(digest: str, thumbnail: bool = False) -> Path:
    """Return where the photo or its thumbnail is; raises ``ValueError`` for what is no digest."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("A photo's digest is 64 lower-case hexadecimal digits.")
    return _root() / digest[:2] / f"{digest}{_THUMBNAIL if thumbnail else _FULL}"


def store(photo: Photo) -> str:
    """Write ``photo`` durably and return its digest; raises ``StorageFull``.

    Storing the same photo again only makes its files young, so that no clean-up takes them.
    """
    # In this order, a photo that is there has its thumbnail.
    write(photo_path(photo.digest, thumbnail=True), photo.thumbnail)
    write(photo_path(photo.digest), photo.full)
    return photo.digest


def write(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all; raises ``StorageFull``."""
    try:
        _write(path, content)
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise StorageFull(error.errno, error.strerror) from error
        raise


def _write(path: Path, content: bytes) -> None:
    with suppress(FileNotFoundError):  # also when it is removed in this moment
        if path.stat().st_size == len(content):
            os.utime(path)
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = _unfinished(path)
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{secrets.token_hex(8)}{_UNFINISHED}")


def _sync_directory(directory: Path) -> None:
    """Make the new name survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stored_digests() -> Iterator[tuple[str, float]]:
    """Yield the digest of every photo that has a file, and when it was stored last (POSIX time)."""
    for directory in sorted(_root().glob("[0-9a-f][0-9a-f]")):
        stored: dict[str, float] = {}
        for path in directory.glob(f"*{_FULL}"):
            digest, modified = path.name.split(".")[0], _modified(path)
            if _DIGEST.fullmatch(digest) and modified is not None:
                stored[digest] = max(modified, stored.get(digest, modified))
        yield from sorted(stored.items())


def remove(digest: str, before: float = math.inf) -> bool:
    """Delete a photo and its thumbnail; tell whether both are gone.

    What was stored at or after ``before`` (POSIX time) stays, also when it is stored again in the
    same moment: its age is read once it is out of everybody's reach.
    """
    return _remove(photo_path(digest), before) and _remove(photo_path(digest, True), before)


def _remove(path: Path, before: float) -> bool:
    aside = _unfinished(path)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    modified = _modified(aside)
    if modified is not None and modified >= before:
        aside.replace(path)
        return False
    aside.unlink(missing_ok=True)
    return True


def remove_unfinished(before: float) -> int:
    """Delete what a crash left half-written before that POSIX time; return how many files."""
    removed = 0
    for path in _root().glob(f"*/*{_UNFINISHED}"):
        modified = _modified(path)
        if modified is not None and modified < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _modified(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None  # somebody removed it meanwhile


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "photos"
