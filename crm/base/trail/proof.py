"""Proofs of entries: whoever changes a value of the trail without the key is found out.

An entry's proof is ``key.shape.secret.mac``. The MAC (HMAC-SHA256) is over the table and a salted
hash of each value, in the order of the columns' names, for which the shape stands. The salts are
made from the secret, 16 random bytes. Once a value is erased, the secret is a list of the other
values' salts and of the hash of this one, from which nobody can tell the value any more; a MAC of
its own says that the erasure was ours.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings

from crm.base.trail.canonical import WRITERS, canonical
from crm.base.trail.shapes import Shape

SALT, HASH = 16, 32  # bytes
# No hash is likely to be one of these.
NULL, BLANK = bytes(HASH), bytes([1]) * HASH
Values = Mapping[str, Any]


class Proof(NamedTuple):
    """A proof taken apart."""

    key_id: str
    shape: str
    secret: str
    mac: str

    @property
    def lasting(self) -> str:
        """The part that an erasure leaves as it is."""
        return f"{self.key_id}.{self.shape}.{self.mac}"


def opened(text: str) -> Proof | None:
    """Return the parts of a proof; None for what is none."""
    parts = text.split(".")
    return Proof(*parts) if len(parts) == len(Proof._fields) else None


def prove(covered: Shape, values: Values) -> str:
    """Return the proof of a row with these values.

    A creation does not bind the record's number, which the database gives: a seal binds it.
    """
    key_id = next(iter(settings.AUDIT_KEYS))
    secret = base64.urlsafe_b64encode(secrets.token_bytes(SALT)).decode().rstrip("=")
    leaves = _leaves(covered, values, _salts(covered, secret))
    return f"{key_id}.{covered.digest}.{secret}.{_mac(key_id, covered, leaves)}"


def holds(text: str, covered: Shape, values: Values) -> bool:
    """Tell whether the proof ``text`` is of these values and made with one of our keys."""
    found = opened(text)
    if not found or found.shape != covered.digest or found.key_id not in settings.AUDIT_KEYS:
        return False
    try:
        salts = _salts_of(found, covered)
        mac = _mac(found.key_id, covered, _leaves(covered, values, salts))
    except (ValueError, KeyError, TypeError):  # TypeError: of a kind that no column of ours holds
        return False
    return same(mac, found.mac)


def erased_from(text: str, covered: Shape) -> list[str]:
    """Return the names of the values that were erased from the row with this proof."""
    found = opened(text)
    salts = _salts_of(found, covered) if found else ()
    return [name for name, salt in zip(covered.names, salts, strict=False) if len(salt) == HASH]


def without(text: str, covered: Shape, values: Values, names: Collection[str]) -> str:
    """Return the proof ``text`` for when the values ``names`` are gone.

    Raises ``ValueError`` or ``KeyError`` for what is no proof.
    """
    found = Proof(*text.split("."))
    salts = _salts_of(found, covered)
    leaves = _leaves(covered, values, salts)
    kept = [
        leaf if name in names else salt
        for name, salt, leaf in zip(covered.names, salts, leaves, strict=True)
    ]
    key_id = next(iter(settings.AUDIT_KEYS))
    listed = ",".join(one.hex() for one in kept)
    mac = sign("erasure", f"{found.lasting}.{listed}", key_id)
    return f"{found.key_id}.{found.shape}.{key_id}~{listed}~{mac}.{found.mac}"


def sign(purpose: str, text: str, key_id: str) -> str:
    """Return the MAC of ``text``, good for this purpose alone; ``KeyError`` for an unknown key."""
    message = f"{purpose}\0{text}".encode()
    return hmac.digest(settings.AUDIT_KEYS[key_id], message, "sha256").hex()


def same(one: str, other: str) -> bool:
    """Compare in constant time what may be any text: ``compare_digest`` takes ASCII only."""
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))


def _salts_of(found: Proof, covered: Shape) -> Sequence[bytes]:
    """Return each value's salt, of an erased one its hash; ``ValueError`` for a forged list."""
    if "~" not in found.secret:
        return _salts(covered, found.secret)
    key_id, listed, mac = found.secret.split("~")
    if not same(sign("erasure", f"{found.lasting}.{listed}", key_id), mac):
        raise ValueError("not our erasure")
    return [bytes.fromhex(one) for one in listed.split(",")]


def _salts(covered: Shape, secret: str) -> Sequence[bytes]:
    seed = base64.urlsafe_b64decode(f"{secret}==")
    stream = hashlib.shake_256(seed).digest(SALT * len(covered.names))
    return struct.unpack(f"{SALT}s" * len(covered.names), stream)


def _leaves(covered: Shape, values: Values, salts: Sequence[bytes]) -> list[bytes]:
    """Return what stands for each value; of what is empty there is nothing to hide by a hash.

    One loop without calls of our own: writing many entries spends much of its time here.
    """
    if values.get("action") == "create":
        values = {**values, "id": None}
    leaves = []
    for salt, name in zip(salts, covered.names, strict=True):
        value = values[name]
        if len(salt) == HASH:
            leaves.append(salt)
        elif value is None:
            leaves.append(NULL)
        elif not value and value == "":  # amounts are slow to compare with texts
            leaves.append(BLANK)
        else:
            leaves.append(sha256(salt + WRITERS.get(type(value), canonical)(value)).digest())
    return leaves


def _mac(key_id: str, covered: Shape, leaves: Sequence[bytes]) -> str:
    head = f"entry\0{key_id}.{covered.table}.{covered.digest}\0".encode()
    mac = hmac.digest(settings.AUDIT_KEYS[key_id], head + b"".join(leaves), "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
