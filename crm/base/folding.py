"""One normal form for search, made in Python so that both databases agree on it."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError

from crm.base.phones import as_dialled, parse_phone

FEWEST_PHONE_DIGITS = 5
END_OF_ALPHABETS = 0x2000  # what follows is so much that not all of it is kept
TRIGRAM = 3  # letters that an index looks for at once
# Letters that people type without their stroke or ligature, and that Unicode does not decompose.
_LETTERS = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th"}
_LETTERS |= {"æ": "ae", "œ": "oe", "ـ": ""}


def fold(text: str) -> str:
    """Return the words of ``text`` without case, accents and punctuation, one space between.

    Digits of any script become 0-9. ``fold(fold(x)) == fold(x)``.
    """
    return " ".join(text.translate(_FOLDED).split())


class _Folded(dict[int, str]):
    """What each character becomes, by its code; those of the alphabets are worked out once."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if code < END_OF_ALPHABETS:
            self[code] = folded
        return folded


_FOLDED = _Folded()


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    bare = _without_accents(_without_accents(character).casefold())
    return "".join(map(_letter_or_space, bare))


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _letter_or_space(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Cf", "Me") or "\ufe00" <= character <= "\ufe0f":  # invisible, inside words
        return ""
    # Vowel signs of Indic scripts and Thai are marks, too: without them words fall apart.
    if character.isalnum() or category in ("Mn", "Mc"):
        return _LETTERS.get(character, character)
    return " "


def fold_all(values: Iterable[str | None]) -> str:
    """Return the text to search in for ``values``, each folded by itself, a space before each word.

    What reads as a phone number keeps its bare digits. A code ("V-12.345.678") is findable with
    and without its punctuation.
    """
    return "".join(f" {text}" for value in values if value and (text := _searchable(value)))


def _searchable(value: str) -> str:
    if dialled := _phone(value):
        return dialled.lstrip("+")
    folded = fold(value)
    is_code = " " in folded and len(value.split()) == 1 and _digits(folded) >= FEWEST_PHONE_DIGITS
    return f"{folded} {folded.replace(' ', '')}" if is_code else folded


def search_terms(query: str, region: str) -> list[str]:
    """Return the texts that must all be contained in a ``fold_all`` for it to match ``query``.

    A word of one or two letters has a space before it: it matches where a word begins. That makes
    two letters a trigram, which the indexes can find; inside of words they would find everybody.
    A query that reads as a phone number, dialled in ``region``, is one term of digits which is
    contained in the number's E.164 form, however it is typed.
    """
    if dialled := _phone(query):
        return [_contained_in_e164(dialled, region)]
    words = dict.fromkeys(fold(query).split())
    return [word if len(word) >= TRIGRAM else f" {word}" for word in words]


def _contained_in_e164(dialled: str, region: str) -> str:
    """Drop the prefixes that E.164 has not.

    The country code is not added to a national number: the digits may be a tax id's as well.
    """
    digits = _without_prefix(dialled, region)
    try:
        e164 = parse_phone(dialled, region)
    except ValidationError:
        return digits  # a part of a number
    return digits if e164.endswith(digits) else e164.lstrip("+")


def _without_prefix(dialled: str, region: str) -> str:
    if dialled.startswith("+"):
        return dialled.lstrip("+")
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or "0"
    return dialled.removeprefix("00" if dialled.startswith("00") else trunk)


def _phone(text: str) -> str:
    dialled = as_dialled(text)
    return dialled if _digits(dialled) >= FEWEST_PHONE_DIGITS else ""


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
