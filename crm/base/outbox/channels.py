"""The ways to reach a person. A channel sends, or raises: ``Undeliverable`` when it is final."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from crm.base.outbox import mail, whatsapp
from crm.base.outbox.tables import Channel


class Way(NamedTuple):
    """``address(user)`` is None without one; ``send(address, letter, message_id)`` sends."""

    address: Callable[[Any], Any]
    send: Callable[..., None]


WAYS: Mapping[str, Way] = {
    Channel.EMAIL: Way(attrgetter("email"), mail.send),
    Channel.WHATSAPP: Way(attrgetter("phone"), whatsapp.send),
}
