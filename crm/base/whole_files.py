"""Files that appear when they are whole, or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.utils.translation import gettext as _


@contextmanager
def whole_file(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """Give the block a file that is at ``path`` once the block ends well.

    Until then it has another name beside it, which is removed when the block fails. Only its owner
    may read it. Raises ``FileExistsError``, before and after, where a file may not be overwritten;
    ``OSError``, also for what is no file: a device would be replaced by one.
    """
    path = path.resolve()
    if not overwrite and path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, _("This is no file"), str(path))
    with NamedTemporaryFile(
        "w+b", dir=path.parent, prefix=".", suffix=".part", delete=False
    ) as file:
        written = Path(file.name)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if overwrite:
                written.replace(path)
            else:
                path.hardlink_to(written)  # a name that was taken meanwhile stays whose it is
        finally:
            with suppress(FileNotFoundError):
                written.unlink()
