"""Who is measured. A further contender is a further function."""

import subprocess
from pathlib import Path

from benchmarks import inside, postgres
from benchmarks.copying import copy_rows
from benchmarks.servers import KEY, ROOT, WORKERS, Contender, production

OURS = "crm_bench_ours"
PEER = "crm_bench_peer"
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"


def ours(directory: Path) -> Contender:
    """Our service as it is shipped."""
    environment = production(postgres.url_of(OURS), directory)
    return Contender("ours", OURS, lambda port: ["bin/serve"], environment)


def peer(directory: Path) -> Contender:
    environment = production(postgres.url_of(PEER), directory)
    return Contender("peer", PEER, peer_command, {**environment, "JWT_KEY": KEY})


def peer_command(port: int) -> list[str]:
    return [
        *(str(PEER_PYTHON), "-m", "uvicorn", "benchmarks.peer.app:app"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
    ]


def prepare(size: int, directory: Path) -> str:
    """Make both databases with the same rows; return a salesperson's token, valid at both."""
    postgres.create(OURS)
    tokens = inside.run(production(postgres.url_of(OURS), directory), "fill", str(size))
    postgres.create(PEER)
    command = [str(PEER_PYTHON), "-m", "benchmarks.peer.database"]
    subprocess.run(command, cwd=ROOT, env=dict(peer(directory).environment), check=True)
    copy_rows(OURS, PEER)
    for database in (OURS, PEER):
        postgres.leave_alone(database)
    token: str = tokens["sales"]
    return token
