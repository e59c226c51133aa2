"""A document set as a PDF file.

Typst does the layout (https://typst.app/docs). PDF/A-3a keeps the file readable for decades (and
may carry an electronic invoice inside), PDF/UA-1 makes it readable aloud. Both forbid signs that
no font has: compiling fails then, instead of leaving blanks.
"""

import json
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst
from django.utils import translation

from invoices.pdf import labels, logos, texts
from invoices.pdf.content import content
from invoices.pdf.document import Document

HERE = Path(__file__).parent
OURS = (range(0x600), range(0x2000, 0x20D0))  # Latin to Hebrew; punctuation and currencies
MOST_SIGNS = 1_000  # asked for one by one, a millisecond each
TEMPLATE = HERE / "invoice.typ"
ONE_SIGN = HERE / "sign.typ"


class CannotSetError(Exception):
    """Typst refused the text, or met a fault of its own."""


@dataclass(frozen=True)
class Rendered:
    """A PDF file, and the signs of the document that could not be printed in it."""

    pdf: bytes
    missing: str = ""


def render(document: Document) -> Rendered:
    """Set the document. The same document gives the same bytes, whenever and wherever.

    Only texts beyond Latin, Greek, Cyrillic and Hebrew depend on the machine: on its fonts. A sign
    that none of them has is replaced, and a note in the document says so.
    """
    with translation.override(labels.catalogue_for(document.language)):
        page = content(document)
        logo = json.dumps(list(logos.as_png(document.logo)))
        for fonts in (_our_fonts, _all_fonts):
            with suppress(CannotSetError):
                return Rendered(_compiled(page, logo, fonts()))
        return _without_missing(page, logo)


def _without_missing(page: dict[str, Any], logo: str) -> Rendered:
    signs = texts.all_signs(page)
    if len(signs) <= MOST_SIGNS:
        with suppress(CannotSetError):  # signs that can be set one by one, and not together
            return _without(_missing(signs, _has_font), page, logo, _all_fonts())
    return _without(_missing(signs, _is_plain), page, logo, _our_fonts())


def _missing(signs: list[str], printable: Callable[[str], bool]) -> list[str]:
    return [sign for sign in signs if not printable(sign)]


def _without(missing: list[str], page: dict[str, Any], logo: str, fonts: typst.Fonts) -> Rendered:
    shown = texts.replaced(page, frozenset(missing))
    if missing:
        shown["warning"] = labels.missing_warning("".join(missing))
    return Rendered(_compiled(shown, logo, fonts), "".join(missing))


@lru_cache(maxsize=10_000)
def _has_font(sign: str) -> bool:
    return _can_be_set(sign, _all_fonts())


@lru_cache(maxsize=10_000)
def _is_plain(sign: str) -> bool:
    """Tell whether it is one character of the scripts that are always there, and no accent."""
    if len(sign) > 1 or unicodedata.category(sign) in texts.MARKS:
        return False
    return any(ord(sign) in block for block in OURS) and _can_be_set(sign, _our_fonts())


def _can_be_set(sign: str, fonts: typst.Fonts) -> bool:
    try:
        _typeset(ONE_SIGN, fonts, {"sign": sign})
    except CannotSetError:
        return False
    return True


def _compiled(page: dict[str, Any], logo: str, fonts: typst.Fonts) -> bytes:
    return _typeset(TEMPLATE, fonts, {"content": json.dumps(page), "logo": logo})


def _typeset(source: Path, fonts: typst.Fonts, inputs: dict[str, str]) -> bytes:
    try:
        return typst.compile(
            source,
            root=HERE,
            font_paths=fonts,
            sys_inputs=inputs,
            pdf_standards=["a-3a", "ua-1"],
        )
    except typst.TypstError as error:
        raise CannotSetError(str(error)) from error
    except BaseException as error:
        # A fault inside typst 0.15 (Arabic marks without a font) is no Exception to Python, and
        # its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise CannotSetError(str(error)) from error


@cache
def _our_fonts() -> typst.Fonts:
    """Return the fonts that are the same on every machine: ours, and for arrows typst's."""
    return typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])


@cache
def _all_fonts() -> typst.Fonts:
    return typst.Fonts(font_paths=[HERE / "fonts"])
