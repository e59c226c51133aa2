"""People's texts made ready for the page: their lines, their direction, what cannot be printed."""

import re
import unicodedata
from collections.abc import Iterator, Set
from typing import Any, TypedDict

LINE_ENDS = re.compile(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls, lone surrogates and non-characters mean nothing on paper; the rest of "C" (joiners,
# direction marks) shapes the text.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MARKS = {"Mn", "Mc", "Me", "Cf"}  # accents, vowel signs, enclosures, joiners
JOINER = "\N{ZERO WIDTH JOINER}"


class Line(TypedDict):
    """A line as the template takes it."""

    text: str
    right_to_left: bool


def lines(text: str) -> list[Line]:
    """Return the lines of a text, without those at its end that hold nothing."""
    return [line(part) for part in LINE_ENDS.split(text.rstrip())] if text.strip() else []


def line(text: str) -> Line:
    clean = printable(text)
    return {"text": clean, "right_to_left": is_right_to_left(clean)}


def printable(text: str) -> str:
    """Return the text in normal form C, which fonts know best, without what no font prints."""
    return UNPRINTABLE.sub(REPLACEMENT, unicodedata.normalize("NFC", text.replace("\t", " ")))


def is_right_to_left(text: str) -> bool:
    """Tell by the first letter, as Unicode's bidirectional algorithm does (UAX 9, rule P2)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return False


def signs(text: str) -> list[str]:
    """Return the text cut into what is one sign to a reader: a letter with its accents, a flag's
    or family's parts joined by U+200D. Coarser cuts than UAX 29's are of no use here.
    """
    found: list[str] = []
    for character in text:
        mark = unicodedata.category(character) in MARKS
        if found and (mark or found[-1].endswith(JOINER)):
            found[-1] += character
        else:
            found.append(character)
    return found


def all_signs(page: Any) -> list[str]:
    """Return each sign beyond ASCII, once, in the strings of nested lists and dictionaries."""
    found = (sign for text in _strings(page) if not text.isascii() for sign in signs(text))
    return [sign for sign in dict.fromkeys(found) if not sign.isascii()]


def replaced(page: Any, missing: Set[str]) -> Any:
    """Return a copy of nested lists and dictionaries with U+FFFD for each missing sign."""
    if isinstance(page, str):
        return "".join(REPLACEMENT if sign in missing else sign for sign in signs(page))
    if isinstance(page, dict):
        return {name: replaced(part, missing) for name, part in page.items()}
    return [replaced(part, missing) for part in page] if isinstance(page, list | tuple) else page


def _strings(page: Any) -> Iterator[str]:
    if isinstance(page, str):
        yield page
    elif isinstance(page, dict | list | tuple):
        for part in page.values() if isinstance(page, dict) else page:
            yield from _strings(part)
