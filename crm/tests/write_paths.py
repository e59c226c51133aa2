"""Every way in which records are written, and what each must leave in their histories.

A new way is one line where its kind is registered (``crm.tests.paths_*``), or a function::

    @path("manage.py import", source="import", actor="system")
    def _(world: World) -> Perform:
        return lambda: call_command("import", ...)

It makes what is needed and returns what performs the write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import make_user
from crm.tests.clients import ApiClient, signed_in
from leads.tests.make import make_action, make_lead

Perform = Callable[[], Any]
Prepare = Callable[["World"], Perform]


class World:
    """The people of a path, and how they reach the system."""

    def __init__(self) -> None:
        self.alice = make_user("alice", role=Role.ADMIN)
        self.sam = make_user("sam", role=Role.SALES)

    @cached_property
    def api(self) -> ApiClient:
        return signed_in(self.alice)

    @cached_property
    def browser(self) -> Client:
        client = Client()
        client.force_login(self.alice)
        return client


@dataclass(frozen=True)
class WritePath:
    """A way to write: where its entries must say they come from, by whom, and how the why begins.

    ``quiet`` says why it changes no record; it then leaves no entry.
    """

    name: str
    prepare: Prepare
    source: str
    actor: str = "alice"
    reason: str = ""
    quiet: str = ""

    def __str__(self) -> str:
        return self.name


PATHS: dict[str, WritePath] = {}


def add(name: str, prepare: Prepare, **told: Any) -> None:
    if name in PATHS:
        raise ValueError(f"{name} is there already.")
    PATHS[name] = WritePath(name, prepare, **told)


def path(name: str, **told: Any) -> Callable[[Prepare], Prepare]:
    """Register a function as the write path ``name``."""

    def register(prepare: Prepare) -> Prepare:
        add(name, prepare, **told)
        return prepare

    return register


def hand_over(world: World) -> User:
    """Give sam work that somebody must take over when he leaves, and return him."""
    for _ in range(2):
        make_action(make_lead(assigned_to=world.sam))
    return world.sam
