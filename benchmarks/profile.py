"""Where the time of a request goes: ``python -m benchmarks.profile``. See README.md."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import inside, postgres
from benchmarks.servers import ROOT, production

DATABASE = "crm_bench_profile"
SIZE = 2000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("--requests", type=int, default=300, help="of each kind")
    parser.add_argument("--lines", type=int, default=35, help="functions to show")
    parser.add_argument("--sort", default="tottime", choices=["tottime", "cumtime", "ncalls"])
    parser.add_argument("--only", default="", help="a part of the kinds' names")
    options = parser.parse_args()
    postgres.create(DATABASE)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            environment = production(postgres.url_of(DATABASE), Path(scratch))
            environment["LOG_LEVEL"] = "WARNING"
            token = inside.run(environment, "fill", str(SIZE))["sales"]
            texts = (token, options.requests, options.lines, options.sort, options.only)
            command = [sys.executable, "-m", "benchmarks.inside", "profiled", *map(str, texts)]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
    finally:
        postgres.drop(DATABASE)


if __name__ == "__main__":
    main()
