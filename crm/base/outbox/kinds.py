"""The kinds of notices; an app registers its own in a module that ``AppConfig.ready`` imports::

    assigned = Kind("lead_assigned", _("A lead is given to me"), tell_assigned, "leads.view_lead")
    kinds.register(assigned)

A name stays: notices that wait, and what people have switched, refer to it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.base.outbox.tables import Channel

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A paragraph; ``path`` (``/admin/…``) is where it leads."""

    text: str
    path: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with an e-mail."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Letter:
    """What a notice says, in the reader's language.

    ``language`` is named for a letter to somebody outside, who has no profile here.
    """

    subject: str
    lines: Sequence[Line] = ()
    attachments: Sequence[Attachment] = ()
    language: str = ""


@dataclass(frozen=True)
class Kind:
    """Something that people are told about.

    ``compose(user, payload)`` runs when the notice is delivered, in the user's language and time
    zone. It reads rows through ``visible_to(user)`` and returns None when there is nothing to tell
    any more: done meanwhile, or no business of theirs. ``label`` says it in the list of what can be
    switched off.

    ``address(payload)`` is where an e-mail goes that somebody sends to people outside; the notice
    is then that of the sender, who cannot switch it off.
    """

    name: str
    label: Any
    compose: Callable[[Any, Payload], Letter | None]
    permission: str = ""
    on_by_default: bool = True
    address: Callable[[Payload], str] | None = None

    def is_for(self, user: Any) -> bool:
        """Tell whether ``user`` works here and may know of such things at all."""
        return user.is_active and (not self.permission or user.has_perm(self.permission))

    def wanted_by(self, user: Any, channel: str) -> bool:
        if self.address:
            return channel == Channel.EMAIL
        wanted: bool = user.notice_switches.get(switch(self.name, channel), self.on_by_default)
        return wanted


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    if not NAME.fullmatch(kind.name) or kind.name in _kinds:
        raise ValueError(f"{kind.name!r} is taken, or no name.")
    _kinds[kind.name] = kind


def unregister(kind: Kind) -> None:
    del _kinds[kind.name]


def named(name: str) -> Kind:
    """Return a kind; raises ``LookupError`` for one that nobody registered."""
    return _kinds[name]


def label_of(name: str) -> str:
    return str(_kinds[name].label) if name in _kinds else name


def registered() -> Sequence[Kind]:
    return tuple(_kinds.values())


def switch(kind: str, channel: str) -> str:
    """Return the name under which a person switches a kind on or off for a channel."""
    return f"{kind}:{channel}"


def channels() -> list[Channel]:
    """Return the channels that this installation is set up for."""
    return [channel for channel in Channel if settings.NOTICE_CHANNELS[channel]]


def switches() -> Iterator[tuple[str, Kind, Channel]]:
    """Yield everything that can be switched: ``("lead_assigned:email", kind, channel)``."""
    for kind in registered():
        for channel in () if kind.address else channels():
            yield switch(kind.name, channel), kind, channel


def check_switches(given: Mapping[str, bool]) -> None:
    """Raise ``ValidationError`` that names every switch there is not.

    Those of a channel that is not set up are good: they may be from when it was.
    """
    known = {switch(kind.name, channel) for kind in registered() for channel in Channel}
    if unknown := given.keys() - known:
        message = _("There is no notice %(names)s. GET auth/me lists those there are.")
        params = {"names": ", ".join(sorted(unknown))}
        raise ValidationError(message, code="unknown_notice", params=params)
