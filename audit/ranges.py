"""Sets of numbers that mostly follow each other, as 1-500,503."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

Range = tuple[int, int]  # the first and the last
SMALLEST, LARGEST = -(2**63), 2**63 - 1  # what the databases can number


def ranges_of(numbers: Iterable[int]) -> list[Range]:
    """Return the ranges that hold exactly ``numbers``, which are in order."""
    found: list[Range] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found


def written(ranges: Iterable[Range]) -> str:
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)


def read(text: str) -> list[Range]:
    """Return the ranges that ``text`` names; raises ``ValueError`` for what is no such text."""
    pairs = (part.partition("-") for part in text.split(",") if part)
    return [(int(low), int(high or low)) for low, _, high in pairs]


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return the union of ``ranges``, in order."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return found


def gaps(ranges: list[Range]) -> Iterator[Range]:
    """Yield what lies between ranges that are in order and apart."""
    for (_, before), (after, _) in pairwise(ranges):
        yield before + 1, after - 1


def outside(ranges: list[Range]) -> Iterator[Range]:
    """Yield the numbers that none of ``ranges``, in order and apart, holds."""
    edges = SMALLEST - 1, LARGEST + 1
    yield from gaps([(edges[0], edges[0]), *ranges, (edges[1], edges[1])])


def numbers(ranges: Iterable[Range]) -> Iterator[int]:
    for low, high in ranges:
        yield from range(low, high + 1)
