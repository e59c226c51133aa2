"""Alphabets: those that are always there, and what becomes of the others."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from invoices.pdf import texts
from invoices.pdf.document import Document, Party
from invoices.pdf.rendering import render
from invoices.tests.pdf.reading import pages, printed
from invoices.tests.pdf.samples import make_document

NO_ONE_S = "\ue123"  # of the private use area: it has no meaning, and PDF/A refuses it


def described(text: str) -> Document:
    document = make_document(rows=1)
    return replace(document, lines=(replace(document.lines[0], description=text),))


@pytest.mark.parametrize(
    "text",
    [
        "Ñandú, façade, Łódź, Þórr, ťažký, Việt Nam",
        "Съешь ещё этих мягких булок; ґедзь, џак, ӯ",
        "Ἄνθρωπος, ξεσκεπάζω, ώδε",
        "₽ € £ ¥ ₴ ₪ ₺ ₹ ₸ № ½ “…” — → ✓",
    ],
)
def test_what_is_printed_extracts_back(text: str) -> None:
    rendered = render(described(text))
    assert rendered.missing == ""
    assert text in pages(rendered.pdf)[0]


def test_hebrew_runs_from_the_right() -> None:
    rendered = render(described("שלום עולם"))
    assert rendered.missing == ""
    text = pages(rendered.pdf)[0]
    assert {"שלום", "עולם"} <= set(text.split())
    assert texts.line("(שלום) ABC")["right_to_left"]
    assert not texts.line("12 ABC שלום")["right_to_left"]


def test_what_no_font_has_is_replaced_and_a_note_says_so() -> None:
    rendered = render(described(f"a{NO_ONE_S}b"))
    text = " ".join(pages(rendered.pdf)[0].split())
    assert rendered.missing == NO_ONE_S
    assert "a\N{REPLACEMENT CHARACTER}b" in text
    assert "no installed font has them" in text
    assert "U+E123." in text


def test_the_note_is_in_the_customer_s_language_and_short() -> None:
    private = "".join(map(chr, range(0xE000, 0xE000 + 3_000)))
    rendered = render(replace(make_document("es"), notes=private))
    assert rendered.missing == private
    text = " ".join(" ".join(pages(rendered.pdf)).split())
    assert "Algunos caracteres no se han podido imprimir" in text
    assert "U+E013, …" in text
    assert "U+E014" not in text


def test_other_scripts_come_from_the_machine_or_are_named() -> None:
    text = "日本語 ไทย 한국어"
    rendered = render(described(text))
    page = pages(rendered.pdf)[0]
    for sign in set(text) - {" "}:
        assert (sign in page) != (sign in rendered.missing)


def test_controls_and_surrogates_are_shown_as_unprintable() -> None:
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c d" in printed(
        described("a\x07b\ud800c\td")
    )


@given(st.text(max_size=40))
@settings(max_examples=25, deadline=None)
# Arabic whose marks no font has: typst 0.15 panics. A Lao vowel sign on what replaces a letter.
@example("\u0625\u06ed\U000e006a ㅱ")
@example("\ue123\u0eb3")
@example("\U000e0030\u200d\u0301")
def test_any_text_makes_an_invoice(text: str) -> None:
    buyer = Party(text, text, (text,), (text,))
    document = replace(described(text), buyer=buyer, number=text, footer=text)
    assert render(document).pdf.startswith(b"%PDF-")
