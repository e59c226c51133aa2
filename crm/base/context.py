"""Who acts, from where and why: read by the history, the security events and the logs."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol

API_KEY = "api_key"  # the role of an actor that is a key


class Actor(Protocol):
    """A user or an API key: whoever can be asked what they may see."""

    @property
    def pk(self) -> Any: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def actor_role(self) -> str: ...
    def has_perm(self, perm: str, obj: Any = None) -> bool: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the work under way.

    ``source`` is one of admin, api, compat, console, command, import, worker; ``address`` is the
    client's network address, empty outside HTTP.
    """

    source: str = "command"
    request_id: str = ""
    address: str = ""
    actor: Actor | None = None
    reason: str = ""

    @property
    def actor_name(self) -> str:
        return self.actor.actor_name if self.actor else "system"

    @property
    def actor_role(self) -> str:
        return self.actor.actor_role if self.actor else "system"


_context: ContextVar[Context] = ContextVar("crm_context")


def current() -> Context:
    """Return the context of the work under way; a command without one gets its own id."""
    try:
        return _context.get()
    except LookupError:
        context = Context(request_id=new_request_id())
        _context.set(context)
        return context


def new_request_id() -> str:
    return uuid.uuid4().hex


@contextmanager
def acting(**changes: Any) -> Iterator[Context]:
    """Run a block under ``changes`` to the context: ``with acting(actor=alice):``."""
    context = replace(current(), **changes)
    token = _context.set(context)
    try:
        yield context
    finally:
        _context.reset(token)


def acts_as_key() -> bool:
    """Tell whether an API key acts: what it creates may have to be counted."""
    return current().actor_role == API_KEY


def key_id() -> int | None:
    """Return the number of the API key that acts."""
    actor = current().actor
    return actor.pk if actor and acts_as_key() else None


def set_reason(reason: str) -> None:
    """Say why the request under way changes things: the history tells it."""
    _context.set(replace(current(), reason=reason))


def set_actor(actor: Actor) -> None:
    """Name the actor of the request under way, once authentication knows it."""
    _context.set(replace(current(), actor=actor))
