"""One round: so many requests of a kind at a server, and what they cost whom."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import quantiles
from typing import IO, cast

from benchmarks import cpu, postgres
from benchmarks.requests import Kind
from benchmarks.servers import ROOT, Running

SETTLE_SECONDS = 0.1  # for what a server does after its last answer


@dataclass(frozen=True)
class Round:
    """What a request cost: CPU in microseconds, latencies in milliseconds, memory in MiB."""

    server: float
    database: float
    rate: float
    p50: float
    p99: float
    resident: float
    generator: float

    @property
    def total(self) -> float:
        return self.server + self.database


class Meter:
    """Reads the clocks of a server and of PostgreSQL, if that runs on this machine."""

    def __init__(self, databases: list[str]) -> None:
        self.databases = databases
        self.connection = postgres.connect()  # kept, because a new one costs PostgreSQL, too
        self.postmaster = cpu.postmaster(self.connection.info.backend_pid)

    def read(self, server: Running) -> tuple[float, float]:
        """Return the CPU seconds used so far by the server's processes, and by PostgreSQL's."""
        database = 0.0
        if self.postmaster is not None:
            database = cpu.database_seconds(self.postmaster, self.strangers())
        return cpu.seconds_of(server.process.pid), database

    def strangers(self) -> set[int]:
        """Return the PIDs of PostgreSQL's processes that work for other databases."""
        rows = self.connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname <> ALL(%s)", [self.databases]
        )
        return {pid for (pid,) in rows.fetchall()}


def measure(meter: Meter, server: Running, kind: Kind, requests: int, connections: int) -> Round:
    plan = {
        "port": server.port,
        "connections": connections,
        "status": kind.status,
        "requests": kind.take(requests),
    }
    command = [sys.executable, "-m", "benchmarks.load"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as generator:
        to, answers = cast(IO[str], generator.stdin), cast(IO[str], generator.stdout)
        tell(to, json.dumps(plan))
        answers.readline()  # it is connected
        before = meter.read(server)
        tell(to, "go")
        line = answers.readline()
        if not line:
            raise RuntimeError(f"{server.contender.name}: the round of {kind.name} failed")
        time.sleep(SETTLE_SECONDS)
        after = meter.read(server)
    result = json.loads(line)
    latencies = quantiles(result["latencies"], n=100)
    return Round(
        server=(after[0] - before[0]) / requests * 1e6,
        database=(after[1] - before[1]) / requests * 1e6,
        rate=requests / result["seconds"],
        p50=latencies[49] * 1e3,
        p99=latencies[98] * 1e3,
        resident=cpu.largest(server.process.pid) / 2**20,
        generator=result["cpu_seconds"] / requests * 1e6,
    )


def tell(pipe: IO[str], line: str) -> None:
    pipe.write(line + "\n")
    pipe.flush()
