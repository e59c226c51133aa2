"""Servers that bin/serve could start: measured by slow_clients.py."""

from pathlib import Path

from benchmarks import postgres
from benchmarks.servers import ROOT, WORKERS, Contender, production

DATABASE = "crm_bench_slow"
GRANIAN = ROOT / ".venv" / "bin" / "granian"


def candidates(directory: Path) -> list[Contender]:
    base = production(postgres.url_of(DATABASE), directory)
    return [
        Contender("as shipped", DATABASE, lambda port: ["bin/serve"], base),
        Contender("WSGI", DATABASE, lambda port: wsgi(port, threads=2), base),
        Contender("WSGI, 40 threads", DATABASE, lambda port: wsgi(port, threads=40), base),
    ]


def wsgi(port: int, threads: int) -> list[str]:
    """The same server as it reads bodies itself: in the thread that waits for them."""
    return [
        *(str(GRANIAN), "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)),
        *("--blocking-threads", str(threads), "--backlog", "1024"),
        *("--http1-header-read-timeout", "10000", "crm.wsgi:application"),
    ]
