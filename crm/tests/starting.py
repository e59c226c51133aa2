"""What the settings say to an environment, found out by one process for many of them."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

from django.conf import settings

# A module that is run instead of imported is read anew each time.
TRY = """
import json, os, runpy, sys, traceback
for environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(environment)
    try:
        runpy.run_module("crm.settings")
    except Exception:
        print(json.dumps(traceback.format_exc()))
    else:
        print(json.dumps(""))
"""


def complaints(environments: Sequence[Mapping[str, str]]) -> list[str]:
    """Return what Python prints when the settings are read in each; "" where nothing is wrong."""
    finished = subprocess.run(
        [sys.executable, "-c", TRY],
        cwd=settings.BASE_DIR,
        env={},
        input=json.dumps(environments),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [json.loads(line) for line in finished.stdout.splitlines()]
