"""Servers that bin/serve could start: measured by slow_clients.py."""

import sysconfig
from collections.abc import Callable
from pathlib import Path

from benchmarks import postgres
from benchmarks.contenders import PEER_PYTHON
from benchmarks.servers import ROOT, WORKERS, Contender, production

Command = Callable[[int], list[str]]
DATABASE = "crm_bench_slow"
GRANIAN = ROOT / ".venv" / "bin" / "granian"
PACKAGES = sysconfig.get_path("purelib")


def candidates(directory: Path) -> list[Contender]:
    base = production(postgres.url_of(DATABASE), directory)
    many = {**base, "WEB_THREADS": "40"}
    # The other servers are installed apart; the application is where it always is.
    borrowed = {**base, "PYTHONPATH": f"{ROOT}:{PACKAGES}"}
    return [
        Contender("granian as shipped", DATABASE, lambda port: ["bin/serve"], base),
        Contender("granian, 40 threads", DATABASE, lambda port: ["bin/serve"], many),
        Contender("granian RSGI, buffering", DATABASE, granian("rsgi"), base),
        Contender("granian ASGI, buffering", DATABASE, granian("asgi"), base),
        Contender("uvicorn, buffering", DATABASE, uvicorn, borrowed),
        Contender("waitress, processes", DATABASE, waitress, borrowed),
    ]


def granian(interface: str) -> Command:
    def command(port: int) -> list[str]:
        return [
            *(str(GRANIAN), "--interface", interface, "--http", "1", "--no-ws"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)),
            *("--http1-header-read-timeout", "10000", "--backlog", "1024"),
            f"benchmarks.buffering:{interface}",
        ]

    return command


def uvicorn(port: int) -> list[str]:
    return [
        *(str(PEER_PYTHON), "-m", "uvicorn", "benchmarks.buffering:asgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
    ]


def waitress(port: int) -> list[str]:
    return [str(PEER_PYTHON), "-m", "benchmarks.waitress_processes"]
