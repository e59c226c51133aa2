"""Servers in processes of their own, and clients of the patient and of the dawdling kind."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
PASSWORD = "correct horse battery staple"
PATIENCE = 30  # seconds until a server counts as stuck
THREADS = 2
DAWDLERS = 60
JSON = {"Content-Type": "application/json"}
SERVE = ("bin/serve",)
# The careless twin: the thread that runs a request waits for its body.
WSGI = (
    *(str(PROGRAMS / "granian"), "--interface", "wsgi", "--http", "1", "--no-ws"),
    *("--blocking-threads", str(THREADS), "crm.wsgi:application"),
)
SLOW_HEAD = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:"
SLOW_BODY = (
    b"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Expect: 100-continue\r\nContent-Length: 40\r\n\r\n"
)
UNREAD = b"GET /static/%C3%B1%2541.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True)
class Server:
    process: "subprocess.Popen[bytes]"
    port: int

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = JSON,
        timeout: float = PATIENCE,
    ) -> tuple[HTTPResponse, bytes]:
        """Return the answer and its content."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            client.request(method, path, body, headers)
            answer = client.getresponse()
            return answer, answer.read()
        finally:
            client.close()

    def connect(self, start: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(start)
        return connection

    def stop(self) -> int:
        """Return the exit code; raises ``TimeoutExpired``."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of production, with all data in ``folder``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    return {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "SECRET_KEY": "k" * 48,
        "JWT_KEY": "j" * 48,
        "API_KEY_PEPPER": "p" * 48,
        # The tests check what it proves.
        "AUDIT_KEY": next(iter(settings.AUDIT_KEYS.values())).decode(),
        "ADMIN_PASSWORD": PASSWORD,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": str(folder / "crm.sqlite3"),
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "HOST": "127.0.0.1",
        "PORT": port,
        "GRANIAN_PORT": port,
        "WEB_WORKERS": "1",
        "WEB_THREADS": str(THREADS),
        "LOG_LEVEL": "WARNING",
        **dict.fromkeys(("DEBUG", "TLS"), "false"),
        **dict.fromkeys(("BASE_URL", "TRUSTED_PROXIES", "CORS_ORIGINS"), ""),
    }


@contextmanager
def running(command: Sequence[str], folder: Path, **changes: str) -> Iterator[Server]:
    """Run a server inside the block; what it logs is in ``folder``."""
    variables = environment(folder) | changes
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=log, stderr=log, start_new_session=True
        )
    server = Server(process, int(variables["PORT"]))
    try:
        wait_until_it_listens(server)
        yield server
    finally:
        with suppress(ProcessLookupError):  # it is stopped already, and its workers with it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_it_listens(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            return server.connect(b"").close()
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("The server does not start.")


@contextmanager
def dawdlers(server: Server, start: bytes) -> Iterator[list[socket.socket]]:
    """Inside the block so many clients have sent ``start``, and nothing more."""
    with ExitStack() as stack:
        yield [stack.enter_context(server.connect(start)) for _ in range(DAWDLERS)]


def until_awaited(clients: list[socket.socket], number: int) -> None:
    """Return once the server says something to so many of the clients: mostly, to go on."""
    told: set[socket.socket] = set()
    while len(told) < number:
        quiet = [client for client in clients if client not in told]
        readable, _, _ = select.select(quiet, [], [], PATIENCE)
        assert readable, f"It waits for {len(told)} clients only."
        told |= set(readable)
