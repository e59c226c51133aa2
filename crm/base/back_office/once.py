"""What several parts of one page ask for."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.http import HttpRequest

Value = TypeVar("Value")


def once(request: HttpRequest, name: str, read: Callable[[], Value]) -> Value:
    """Return ``read()``; whoever asks for ``name`` again during the request gets the same."""
    kept: dict[str, Any] = request.__dict__.setdefault("read_once", {})
    if name not in kept:
        kept[name] = read()
    return cast("Value", kept[name])
