"""The requests that are measured, as whole HTTP/1.1 texts for the load generator."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from typing import Any

CUSTOMERS = "/api/v1/customers"


@dataclass
class Kind:
    """A kind of request: its expected status, and an endless supply of it."""

    name: str
    status: int
    supply: Iterator[str]

    def take(self, number: int) -> list[str]:
        return list(islice(self.supply, number))


@dataclass
class NewCustomers:
    """Bodies for POST with an email and a phone that nobody has yet."""

    run: str = field(default_factory=lambda: secrets.token_hex(4))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def next_values(self) -> dict[str, Any]:
        number = next(self.numbers)
        return {
            "client_type": "natural",
            "name": "Ana María",
            "surname": "Pérez Núñez",
            "email": f"Ana.Perez.{self.run}.{number}@Correo.Example.com",
            "phone": f"+34 6{number // 10**6:02d} {number // 1000 % 1000:03d} {number % 1000:03d}",
            "address": "Avenida Principal 14, piso 3",
            "city": "Caracas",
            "postal_code": "1060",
            "country": "Venezuela",
            "age": 18 + number % 60,
        }


def request_text(method: str, path: str, token: str, body: Any = None) -> str:
    """Return the request as sent, ASCII only so that its length in bytes is its length."""
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        "Accept: application/json",
        "User-Agent: bench",
    ]
    text = "" if body is None else json.dumps(body)
    if text:
        head += ["Content-Type: application/json", f"Content-Length: {len(text)}"]
    return "\r\n".join([*head, "", text])


def kinds(token: str, size: int, pages: list[str], created: NewCustomers) -> list[Kind]:
    """Return the three kinds; ``pages`` are the paths of a list's pages, each linked by the last.

    Details walk over all customers in strides, so that neither side lives off a warm row.
    """
    details = (f"{CUSTOMERS}/{1 + 7919 * number % size}" for number in count())
    posts = (request_text("POST", CUSTOMERS, token, created.next_values()) for _ in count())
    return [
        Kind("detail", 200, (request_text("GET", path, token) for path in details)),
        Kind("list of 50", 200, (request_text("GET", path, token) for path in cycle(pages))),
        Kind("create", 201, posts),
    ]
