"""Files without a name, lent to granian: it opens what it sends by a path, and only in a while.

They are on the disk, in no folder, and gone with the last who has them open.
"""

import os
from collections import deque
from time import monotonic
from typing import IO

SECONDS = 60  # more than it ever takes granian to open a file; then it has it open itself
FOLDER = "/dev/fd"

_lent: deque[tuple[float, int]] = deque()


def lend(file: IO[bytes]) -> str:
    """Return a path of ``file``, which may be closed at once."""
    descriptor = os.dup(file.fileno())
    _lent.append((monotonic() + SECONDS, descriptor))
    return f"{FOLDER}/{descriptor}"


def take_back() -> None:
    """Close what was lent long ago; called by one thread alone."""
    while _lent and _lent[0][0] < monotonic():
        os.close(_lent.popleft()[1])
