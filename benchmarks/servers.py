"""Starts a contender's server on a free port and stops it again."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 40
WORKERS = 2
KEY = "only-for-benchmarks-" * 3


@dataclass(frozen=True)
class Contender:
    """A server to measure: ``command(port)`` starts it in ``environment``."""

    name: str
    database: str
    command: Callable[[int], list[str]]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Running:
    contender: Contender
    process: "subprocess.Popen[bytes]"
    port: int
    log: Path


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def production(database_url: str, data_dir: Path) -> dict[str, str]:
    """Return the environment of our service as production has it, and nobody's .env."""
    (data_dir / "static").mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "DEBUG": "false",
        "SECRET_KEY": KEY,
        "JWT_KEY": KEY,
        "API_KEY_PEPPER": KEY,
        "AUDIT_KEY": KEY,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "MEDIA_ROOT": str(data_dir / "media"),
        "STATIC_ROOT": str(data_dir / "static"),
        "ALLOWED_HOSTS": "127.0.0.1",
        "BASE_URL": "",
        "TLS": "false",
        "TRUSTED_PROXIES": "",
        "CORS_ORIGINS": "",
        "LOG_LEVEL": "INFO",
        "LOG_SQL": "false",
        "PHONE_REGION": "VE",
        "LANGUAGE_CODE": "en",
        "TIME_ZONE": "UTC",
        "ACCESS_TOKEN_MINUTES": "600",
        "WEB_WORKERS": str(WORKERS),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
    }


@contextmanager
def running(contender: Contender, directory: Path) -> Iterator[Running]:
    """Run the server inside the block; its output goes to a file in ``directory``."""
    port, log = free_port(), directory / f"{contender.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            contender.command(port),
            cwd=ROOT,
            env={**contender.environment, "HOST": "127.0.0.1", "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Running(contender, process, port, log)
    try:
        wait_until_healthy(server)
        yield server
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_healthy(server: Running) -> None:
    """Return when /health answers; raises ``RuntimeError`` with the log's end when it will not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        if healthy(server.port):
            return
        time.sleep(0.1)
    tail = server.log.read_text(errors="replace")[-3000:]
    raise RuntimeError(f"{server.contender.name} does not start:\n{tail}")


def healthy(port: int) -> bool:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        client.request("GET", "/health")
        return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
