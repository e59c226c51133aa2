"""Checks that the contenders give the same answers before their cost is compared."""

from itertools import count
from typing import Any

from benchmarks.client import Client
from benchmarks.requests import CUSTOMERS, NewCustomers

PAGES = 20
BEYOND = 90_000_000  # where no measured request gets to
# Each side makes these itself when it creates a customer.
OWN = {"uuid", "registered_at", "created_at", "updated_at"}


class Different(Exception):
    """The contenders do not answer alike, so their figures cannot be compared."""


def check(ours: Client, other: Client, size: int) -> None:
    """Raise ``Different`` unless detail, list, create and refusals agree."""
    for number in range(1, size + 1, max(1, size // 50)):
        path = f"{CUSTOMERS}/{number}"
        same(path, ours.get(path), other.get(path))
    for page, (left, right) in enumerate(zip(pages(ours), pages(other), strict=True)):
        same(f"page {page}", left, right)
    check_create(ours, other)
    for client in (ours, other):
        stranger = Client(client.port, "a.b.c")
        if stranger.send("GET", f"{CUSTOMERS}/1")[0] != 401:
            raise Different("a bad token is not answered with 401")


def check_create(ours: Client, other: Client) -> None:
    values = NewCustomers(numbers=count(BEYOND)).next_values()
    left = ours.expect(201, "POST", CUSTOMERS, values)
    right = other.expect(201, "POST", CUSTOMERS, values)
    same("types of the created", types(left), types(right))
    same("the created", without_own(left), without_own(right))
    for client in (ours, other):
        client.expect(409, "POST", CUSTOMERS, values)
        client.expect(422, "POST", CUSTOMERS, {"name": "Ana", "phone": "no phone"})


def types(record: dict[str, Any]) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in record.items()}


def without_own(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out what each side makes itself, and the number, which failures skip."""
    return {name: value for name, value in record.items() if name not in OWN | {"id"}}


def pages(client: Client) -> list[list[dict[str, Any]]]:
    return [client.get(path)["results"] for path in page_paths(client)]


def page_paths(client: Client) -> list[str]:
    """Return the paths of the first pages, found by following ``next``."""
    paths = [CUSTOMERS]
    while len(paths) < PAGES:
        following = client.get(paths[-1])["next"]
        if following is None:
            break
        paths.append(following)
    return paths


def same(what: str, left: Any, right: Any) -> None:
    if left != right:
        raise Different(f"{what} differs:\n{left}\n{right}")
