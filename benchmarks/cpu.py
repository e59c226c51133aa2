"""CPU time and memory of processes, from /proc."""

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A line of /proc/PID/stat; times in seconds (proc(5))."""

    pid: int
    parent: int
    own: float
    reaped: float  # of children that ended and were waited for
    resident: int  # bytes


def processes() -> dict[int, Process]:
    found = (read(int(path.name)) for path in PROC.iterdir() if path.name.isdigit())
    return {process.pid: process for process in found if process}


def read(pid: int) -> Process | None:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:  # it ended meanwhile
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    user, system, child_user, child_system = map(int, fields[11:15])
    return Process(
        pid,
        int(fields[1]),
        (user + system) / TICKS,
        (child_user + child_system) / TICKS,
        int(fields[21]) * PAGE,
    )


def tree(root: int) -> list[Process]:
    """Return the process ``root`` and all its descendants."""
    known = processes()
    children = defaultdict(list)
    for process in known.values():
        children[process.parent].append(process)
    found, left = [], [known[root]] if root in known else []
    while left:
        process = left.pop()
        found.append(process)
        left += children[process.pid]
    return found


def seconds_of(root: int) -> float:
    """Return the CPU seconds used so far by ``root``'s tree, ended processes included."""
    return sum(process.own + process.reaped for process in tree(root))


def largest(root: int) -> int:
    """Return the bytes resident in the largest process of the tree: a web worker."""
    return max(process.resident for process in tree(root))


def postmaster(backend: int) -> int | None:
    """Return the PID of the process that started ``backend``; None when it is not of this machine.

    ``backend`` is a PID as PostgreSQL tells it, which may mean another process here.
    """
    process = read(backend)
    return process.parent if process and name_of(process.parent).startswith("postgres") else None


def name_of(pid: int) -> str:
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def database_seconds(root: int, strangers: set[int]) -> float:
    """Return the CPU seconds of PostgreSQL's tree but for the live processes ``strangers``.

    What ended counts with the postmaster, whoever it worked for: be alone on the server.
    """
    return sum(
        process.own + process.reaped for process in tree(root) if process.pid not in strangers
    )
