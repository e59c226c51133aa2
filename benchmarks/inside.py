"""Runs a module inside the application: ``python -m benchmarks.inside fill 10000``.

The module's ``main`` gets the arguments; the environment says which database it works on.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import django

from benchmarks.servers import ROOT


def run(environment: Mapping[str, str], module: str, *arguments: str) -> Any:
    """Run ``module`` in a process of its own and return the JSON it prints after its logs."""
    command = [sys.executable, "-m", "benchmarks.inside", module, *arguments]
    output = subprocess.run(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, check=True
    ).stdout
    *logs, result = output.decode().splitlines()
    sys.stderr.writelines(f"{line[:2000]}\n" for line in logs)
    return json.loads(result)


if __name__ == "__main__":
    django.setup()
    import_module(f"benchmarks.{sys.argv[1]}").main(*sys.argv[2:])
