"""The console in a process of its own, behind a real pseudo-terminal or a pipe."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

PATIENCE = 30  # seconds until a conversation counts as stuck
CTRL_C, CTRL_D = "\x03", "\x04"
ROWS, COLUMNS = 24, 80
# The first terminal that a new session opens is its own: Ctrl-C reaches it.
TAKE_OVER = 'exec "$@" <"$0" >"$0" 2>&1'


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "console", *arguments]


def environment(**variables: str) -> dict[str, str]:
    """Return what the process needs to work on this test's database."""
    connections.close_all()  # what is committed is what it sees
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "JWT_KEY": str(settings.SIMPLE_JWT["SIGNING_KEY"]),
        "API_KEY_PEPPER": settings.API_KEY_PEPPER,
        "AUDIT_KEY": next(iter(settings.AUDIT_KEYS.values())).decode(),
        "DATABASE_URL": _address(connection.settings_dict),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "PYTHONWARNINGS": "ignore",
        **variables,
    }


def _address(database: dict[str, Any]) -> str:
    if connection.vendor == "sqlite":
        return str(database["NAME"])
    person = f"{database['USER']}:{database['PASSWORD']}"
    return f"postgres://{person}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


class Conversation:
    """What somebody types and reads; ``heard`` is all that was shown."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, slave: int) -> None:
        self.process, self.master, self.slave = process, master, slave
        self.heard, self.read_until = "", 0
        self.before = termios.tcgetattr(slave)

    def expect(self, text: str) -> None:
        """Wait until ``text`` is shown, after what was waited for last."""
        deadline = time.monotonic() + PATIENCE
        while (place := self.heard.find(text, self.read_until)) < 0:
            readable, _, _ = select.select([self.master], [], [], deadline - time.monotonic())
            assert readable, f"waited for {text!r} after: {self.heard[-1500:]}"
            self.heard += self._read()
        self.read_until = place + len(text)

    def _read(self) -> str:
        # A character may be cut in two: its rest follows at once.
        data = os.read(self.master, 65536)
        while True:
            try:
                return data.decode()
            except UnicodeDecodeError:
                data += os.read(self.master, 1)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def press(self, key: str) -> None:
        """Type ``key`` once the process waits for it."""
        self._until_it_waits()
        self.type(key)

    def send(self, number: signal.Signals) -> None:
        """Send a signal once the process waits for what is typed."""
        self._until_it_waits()
        self.process.send_signal(number)

    def _until_it_waits(self) -> None:
        """Return when the process sleeps.

        A signal just before would wait for a line: the interpreter looks for signals, then reads.
        """
        state = Path(f"/proc/{self.process.pid}/stat")
        while state.read_text().rpartition(")")[2].split()[0] != "S":
            os.sched_yield()

    def answer(self, question: str, line: str) -> None:
        self.expect(question)
        self.type(line + "\n")

    def end(self) -> int:
        """Return the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.05)[0]:
                self.heard += self._read()
        while select.select([self.master], [], [], 0)[0]:
            self.heard += self._read()
        return self.process.wait(PATIENCE)

    @property
    def is_as_before(self) -> bool:
        """Tell whether the terminal echoes, edits and pastes as it did before."""
        asked, unasked = self.heard.count("\x1b[?2004h"), self.heard.count("\x1b[?2004l")
        return bool(termios.tcgetattr(self.slave) == self.before and asked == unasked)


@contextmanager
def conversation(*arguments: str, **variables: str) -> Iterator[Conversation]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    # Whoever runs the tests in the background lets Ctrl-C be ignored, which a program inherits.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        ["/bin/sh", "-c", TAKE_OVER, os.ttyname(slave), *command(*arguments)],
        env=environment(**variables),
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    try:
        yield Conversation(process, master, slave)
    finally:
        process.kill()
        process.wait()
        os.close(master)
        os.close(slave)


def through_a_pipe(
    *arguments: str, lines: tuple[str, ...], **variables: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments),
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        env=environment(**variables),
        timeout=PATIENCE,
        check=False,
    )
