"""How commands end that are told to: in order, as after an error."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Without a handler they end a process on the spot: half a file stays, a terminal without echo.
NAMES = ("SIGTERM", "SIGHUP")


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let the blocks inside be left when the process is told to end, which it then does."""
    known = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, _end) for number in known}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: Any) -> None:
    sys.exit(128 + number)
