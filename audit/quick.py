"""Tells quickly of most entries that their proof holds: there may be a million of them.

Of what gets no yes here, ``checking.unproven`` finds out at its leisure what is wrong, if anything:
an older shape or erased values are rare. It is the way of ``crm.base.trail.proof`` with nothing
looked up by name.
"""

import base64
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256, shake_256
from struct import Struct
from typing import Any

from django.conf import settings

from crm.base.trail.canonical import canonical
from crm.base.trail.differences import CREATE
from crm.base.trail.proof import BLANK, NULL, SALT
from crm.base.trail.shapes import Shape

# An entry holds one moment several times: when the record was made, changed, and this written.
_moment = lru_cache(maxsize=64)(canonical)
# What ``canonical`` writes, of the kinds that are common.
_WRITERS: dict[type, Callable[[Any], bytes]] = {int: b"n%d".__mod__, datetime: _moment}


class Quick:
    """Knows what the proofs of one shape have in common."""

    def __init__(self, covered: Shape) -> None:
        names = covered.names
        self.covered = covered
        self.record = names.index("id") if "id" in names else 0
        self.action = names.index("action") if "action" in names else None
        self.salts = Struct(f"{SALT}s" * len(names))
        self.begun = {key_id: self._begun(key_id) for key_id in settings.AUDIT_KEYS}

    def _begun(self, key_id: str) -> hmac.HMAC:
        head = f"entry\0{key_id}.{self.covered.table}.{self.covered.digest}\0".encode()
        return hmac.new(settings.AUDIT_KEYS[key_id], head, "sha256")

    def holds(self, proof: str, values: Sequence[Any]) -> bool:
        """Tell whether the proof is of these values, in the order of the shape; no: unknown."""
        try:
            key_id, shape, secret, mac = proof.split(".")
            seed = base64.urlsafe_b64decode(f"{secret}==")
            begun = self.begun[key_id].copy()
            begun.update(b"".join(self._leaves(seed, values)))
            made = base64.urlsafe_b64encode(begun.digest()).rstrip(b"=")
            return shape == self.covered.digest and hmac.compare_digest(made, mac.encode())
        except (ValueError, KeyError, TypeError):
            return False

    def _leaves(self, seed: bytes, values: Sequence[Any]) -> list[bytes]:
        if self.action is not None and values[self.action] == CREATE:
            values = (*values[: self.record], None, *values[self.record + 1 :])
        salts = self.salts.unpack(shake_256(seed).digest(self.salts.size))
        return [
            (sha256(salt + b"s" + value.encode()).digest() if value else BLANK)
            if type(value) is str
            else NULL
            if value is None
            else sha256(salt + _WRITERS.get(type(value), canonical)(value)).digest()
            for salt, value in zip(salts, values, strict=True)
        ]
