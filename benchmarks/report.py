"""Tables and files of figures."""

import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Round

Rounds = dict[str, dict[str, list[Round]]]
HEAD = """\
| request | who | server µs | database µs | both µs | requests/s | p50 ms | p99 ms | RSS MiB |
|---|---|--:|--:|--:|--:|--:|--:|--:|"""


def middle(rounds: list[Round]) -> Round:
    """Return the median of every figure."""
    names = asdict(rounds[0])
    return Round(**{name: median(getattr(one, name) for one in rounds) for name in names})


def ratio(rounds: dict[str, list[Round]], name: str, figure: str) -> float:
    """Return how often ours fits into ``name``'s: the median over pairs of rounds."""
    pairs = zip(rounds[name], rounds["ours"], strict=True)
    found: float = median(getattr(theirs, figure) / getattr(ours, figure) for theirs, ours in pairs)
    return found


def line(kind: str, name: str, figures: Round) -> str:
    cells = [
        kind,
        name,
        *(f"{value:,.0f}" for value in (figures.server, figures.database, figures.total)),
        f"{figures.rate:,.0f}",
        f"{figures.p50:.1f}",
        f"{figures.p99:.1f}",
        f"{figures.resident:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def markdown(rounds: Rounds) -> str:
    """Return the table of medians, and below it how many times as much the others need."""
    lines = [HEAD]
    for kind, by_name in rounds.items():
        lines += [line(kind, name, middle(found)) for name, found in by_name.items()]
    others = [name for name in next(iter(rounds.values())) if name != "ours"]
    lines += ["", "| CPU, other / ours | " + " | ".join(rounds) + " |"]
    lines.append("|---|" + "--:|" * len(rounds))
    for name in others:
        for title, figure in (("both", "total"), ("server only", "server")):
            values = [f"{ratio(found, name, figure):.2f}" for found in rounds.values()]
            lines.append(f"| {name}, {title} | " + " | ".join(values) + " |")
    return "\n".join(lines)


def short(name: str, figures: Round) -> str:
    return (
        f"{name}: {figures.server:.0f} + {figures.database:.0f} µs,"
        f" {figures.rate:.0f}/s, generator {figures.generator:.0f} µs"
    )


def save(path: Path, rounds: Rounds, options: dict[str, Any], disturbers: list[str]) -> None:
    """Write every round's figures, and on what they were measured."""
    path.parent.mkdir(exist_ok=True)
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version,
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "options": options,
        "other_databases_in_use": disturbers,
        "rounds": {
            kind: {name: [asdict(one) for one in found] for name, found in by_name.items()}
            for kind, by_name in rounds.items()
        },
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def warn(disturbers: list[str], database_measured: bool) -> None:
    """Say on standard error why the figures may be wrong."""
    if disturbers:
        print(f"NOISY: others worked on this server: {', '.join(disturbers)}.", file=sys.stderr)
    if not database_measured:
        print("PostgreSQL runs elsewhere: its CPU is not counted.", file=sys.stderr)
    load = os.getloadavg()[0]
    print(f"Load average {load:.1f} on {os.cpu_count()} cores.", file=sys.stderr)
