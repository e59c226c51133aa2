"""How cost grows with the tables: ``python -m benchmarks.scale``. See README.md."""

import argparse
import hashlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import inside, postgres
from benchmarks.cases import CASES, Case
from benchmarks.servers import ROOT, production

GROWTH = 2.0
PAST = 3.0  # as often as today's list a page of the past may cost
NOISE = 1.0  # ms; less growth than this is not growth
# What a kept database depends on: when one of these changes, it is made anew.
SOURCES = [
    *("benchmarks/customers.sql", "benchmarks/fill.py", "benchmarks/tables.py"),
    *("benchmarks/words.py", "*/migrations/*.py", "crm/base/migrations/*.py"),
    *("crm/base/folding.py", "crm/base/search.py", "crm/base/storing/tally_*.py"),
    *("benchmarks/invoices.sql", "benchmarks/invoice_tables.py"),
]
Figures = dict[str, dict[str, Any]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--keep", action="store_true", help="leave crm_scale_SIZE to look into")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    figures = [measured(size, options.keep) for size in options.sizes]
    print(table(options.sizes, figures))
    missed = [case.name for case in CASES if flags(case, figures)]
    print(f"\n{len(missed)} of {len(CASES)} cases miss their target.")


def measured(size: int, keep: bool) -> Figures:
    """Return what each case costs with ``size`` customers."""
    with tempfile.TemporaryDirectory() as scratch:
        template = made(size, Path(scratch))
        copy = f"crm_scale_{size}"
        postgres.create(copy, template)
        try:
            environment = production(postgres.url_of(copy), Path(scratch))
            found = inside.run({**environment, "LOG_LEVEL": "ERROR"}, "queries")
        finally:
            if not keep:
                postgres.drop(copy)
    return {one["name"]: one for one in found}


def made(size: int, directory: Path) -> str:
    """Return the template database of ``size`` customers, made if there is none of today's."""
    name = f"crm_scale_{size}_{fingerprint()}"
    if postgres.is_template(name):
        return name
    for outdated in postgres.names():
        if outdated.startswith(f"crm_scale_{size}_"):
            postgres.drop(outdated)
    print(f"Making {size:,} customers …", file=sys.stderr)
    started = time.monotonic()
    postgres.create(name)
    inside.run(production(postgres.url_of(name), directory), "fill", str(size))
    postgres.keep_as_template(name)
    print(f"… took {time.monotonic() - started:.0f} s", file=sys.stderr)
    return name


def fingerprint() -> str:
    paths = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)})
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]


def table(sizes: list[int], figures: list[Figures]) -> str:
    """Return a row for each case: its queries, milliseconds at each size, growth and flags."""
    heads = " | ".join(f"{size:,}, ms" for size in sizes)
    lines = [f"| case | queries | {heads} | growth | |", f"|---|{'--:|' * (len(sizes) + 2)}---|"]
    for case in CASES:
        found = [one[case.name] for one in figures]
        times = " | ".join(f"{one['milliseconds']:.1f}" for one in found)
        flagged = ", ".join(flags(case, figures))
        lines.append(
            f"| {case.name} | {found[-1]['queries']} | {times} | {growth(found):.1f} | {flagged} |"
        )
    return "\n".join(lines)


def growth(found: list[dict[str, Any]]) -> float:
    small, large = found[0]["fastest"], found[-1]["fastest"]
    return large / small if small else 0.0


def flags(case: Case, figures: list[Figures]) -> list[str]:
    """Return what is wrong with ``case`` even in its fastest run."""
    found = [one[case.name] for one in figures]
    large = found[-1]
    if large["status"] != case.status:
        return [f"answered {large['status']}"]
    wrong = []
    if large["fastest"] > case.limit:
        wrong.append(f"**over {case.limit:.0f} ms**")
    for part, where in (("fastest", " in the database"), ("request", "")):
        if case.like and large[part] > PAST * figures[-1][case.like][part]:
            wrong.append(f"**over {PAST:.0f}× of today{where}**")
    if case.queries and large["queries"] > case.queries:
        wrong.append(f"**over {case.queries} queries**")
    if len({one["queries"] for one in found}) > 1:
        wrong.append("**queries differ**")
    more = large["fastest"] - found[0]["fastest"]
    if growth(found) > GROWTH and more > NOISE:
        wrong.append(f"**grows over {GROWTH:.0f}×**")
    return wrong


if __name__ == "__main__":
    main()
