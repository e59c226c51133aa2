"""Tries fields together: one request refuses many values, when its answer names each of them."""

import json
from collections.abc import Callable, Collection
from typing import Any


def together(names: Collection[str], send: Callable[[list[str]], tuple[int, set[str]]]) -> None:
    """Have ``send`` try the fields ``names``, then those that were not refused, and so on.

    ``send(names)`` returns the answer's status and the fields it found fault with. What is refused
    by name is refused whatever the others are; the rest is tried without them. Any other failure
    says nothing about each, so that each is tried alone.
    """
    left, status = sorted(names), 422
    while left and status == 422:
        status, refused = send(left)
        if not (200 <= status < 300 or refused.intersection(left)):
            for name in left if len(left) > 1 else []:
                send([name])
            return
        left = [name for name in left if name not in refused]


def with_raw(body: dict[str, Any], values: dict[str, str]) -> bytes:
    """Return ``body`` as JSON with the members ``values``, which are JSON text."""
    members = {name: json.dumps(value) for name, value in body.items()} | values
    return ("{" + ", ".join(f'"{name}": {text}' for name, text in members.items()) + "}").encode()
