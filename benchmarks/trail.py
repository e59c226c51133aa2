"""What the audit trail costs: ``python -m benchmarks.trail``. See README.md."""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import inside, postgres
from benchmarks.servers import ROOT, production

# What the kept database depends on: when one of these changes, it is made anew.
SOURCES = [
    *("benchmarks/customers.sql", "benchmarks/tables.py", "benchmarks/proofs.py"),
    *("benchmarks/words.py", "*/migrations/*.py", "crm/base/migrations/*.py"),
    *(
        "crm/base/trail/proof.py",
        "crm/base/trail/canonical.py",
        "audit/sealing.py",
        "audit/entries.py",
    ),
]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trail", description=__doc__)
    parser.add_argument("--customers", type=int, default=840_000)
    parser.add_argument("--creations", type=int, default=300, help="in each of eight rounds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        template = made(options.customers, Path(scratch))
        copy = f"crm_scale_trail_{options.customers}_copy"
        postgres.create(copy, template)
        try:
            environment = production(postgres.url_of(copy), Path(scratch))
            print(verified({**environment, "LOG_LEVEL": "ERROR"}))
            found = inside.run(environment, "creations", str(options.creations))
            print("A creation with its history, over one without: {ratio:.2f}".format(**found))
            print("Of the processor time of the process: {cpu:.2f}".format(**found))
        finally:
            postgres.drop(copy)


def made(size: int, directory: Path) -> str:
    """Return the template database of ``size`` customers, made if there is none of today's."""
    paths = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)})
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]
    name = f"crm_scale_trail_{size}_{digest}"
    if postgres.is_template(name):
        return name
    for outdated in postgres.names():
        if outdated.startswith(f"crm_scale_trail_{size}_"):
            postgres.drop(outdated)
    print(f"Making {size:,} customers with their history …", file=sys.stderr)
    postgres.create(name)
    made_of = inside.run(production(postgres.url_of(name), directory), "proofs", str(size))
    print("… {sealed:,} entries".format(**made_of), file=sys.stderr)
    postgres.keep_as_template(name)
    return name


def verified(environment: dict[str, str]) -> str:
    """Return how long ``audit verify`` takes, its processor time and its memory."""
    started = time.monotonic()
    command = [sys.executable, "manage.py", "audit", "verify"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("audit verify found something.")
    took = time.monotonic() - started
    return (
        f"audit verify: {took:.0f} s, {used.ru_utime:.0f} s of them Python's,"
        f" {used.ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
