import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.base.folding import (
    _FOLDED,
    END_OF_ALPHABETS,
    TRIGRAM,
    fold,
    fold_all,
    search_terms,
)
from crm.base.phones import parse_phone

ANY_TEXT = st.text(st.characters())  # lone surrogates and unassigned characters, too


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  José   PÉREZ-Gómez ", "jose perez gomez"),
        ("Ёлка и Йод", "елка и иод"),
        ("Straße", "strasse"),
        ("İSTANBUL Istanbul ıstanbul", "istanbul istanbul istanbul"),
        ("Łódź, Søren & Æsir", "lodz soren aesir"),
        ("４１２٣٤", "41234"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी ภาษาไทย", "हिनदी ภาษาไทย"),
        ("co\u00adop\u200b", "coop"),
        ("a_b%c\\d\"e'f\0g\nh", "a b c d e f g h"),
        ("\ud800 x", "x"),
        ("…!?", ""),
    ],
)
def test_it_drops_case_accents_and_punctuation(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_any_character_twice_changes_nothing_more() -> None:
    assigned = (
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) not in ("Cn", "Co")
    )
    assert [c for c in assigned if fold(fold(c)) != fold(c)] == []


@given(ANY_TEXT)
def test_nothing_is_left_that_a_query_language_could_read(text: str) -> None:
    assert not set(fold(text)) & set("\"'%_*\\\0")
    assert fold(text) == " ".join(fold(text).split())


@given(ANY_TEXT, ANY_TEXT)
def test_two_texts_fold_as_their_parts_do(left: str, right: str) -> None:
    assert fold(f"{left} {right}") == f"{fold(left)} {fold(right)}".strip()


def test_it_joins_what_there_is_and_keeps_the_digits_of_phones() -> None:
    values = ["Ana", None, "", "…", "+584123456789", "0412-345 6789", "Pérez"]
    assert fold_all(values) == " ana 584123456789 04123456789 perez"


@settings(deadline=None)  # the first call reads the library's data
@given(st.lists(st.none() | ANY_TEXT))
def test_joined_values_are_folded_too(values: list[str | None]) -> None:
    assert f" {fold(fold_all(values))}".rstrip() == fold_all(values)


@settings(deadline=None)  # the first call reads the library's data
@given(ANY_TEXT)
def test_whatever_is_stored_is_found_by_the_same_text(text: str) -> None:
    stored = fold_all([text])
    assert all(term in stored for term in search_terms(text, "VE"))


@pytest.mark.parametrize(
    "query", ["V-12.345.678", "V12345678", "12.345.678", "12345678", "345.678"]
)
def test_a_code_is_found_with_and_without_its_punctuation(query: str) -> None:
    stored = fold_all(["V-12.345.678"])
    assert all(term in stored for term in search_terms(query, "VE"))


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("+58 (412) 3456789", "584123456789"),
        ("0058412 345 67 89", "584123456789"),
        ("0058412", "58412"),
        ("+58 0412-345.67.89", "584123456789"),
        ("584123456789", "584123456789"),
        ("0412-345 6789", "4123456789"),
        ("0412/345", "412345"),
        ("412 345 67", "41234567"),
        ("345 67 89", "3456789"),
        ("٠٤١٢٣٤٥٦٧٨٩", "4123456789"),
        ("\u202a+58 412\u2011345\u20116789\u202c", "584123456789"),
    ],
)
def test_a_phone_is_found_however_it_is_typed(query: str, term: str) -> None:
    assert search_terms(query, "VE") == [term]
    assert term in "584123456789"


@pytest.mark.parametrize(
    ("query", "region", "stored"),
    [
        ("8 (921) 345-19-48", "RU", "+79213451948"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("011 58 412 345 6789", "US", "+584123456789"),
        ("1 (415) 555-26", "US", "+14155552671"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("030 123", "DE", "+4930123456"),
        ("3012345", "DE", "+4917630123456"),
    ],
)
def test_other_regions_dial_in_their_own_way(query: str, region: str, stored: str) -> None:
    (term,) = search_terms(query, region)
    assert term in fold_all([stored])


@settings(deadline=None)  # the first call reads the library's data
@given(st.integers(2_000_000_000, 9_999_999_999), st.sampled_from(["", "0", "+58", "0058", "58"]))
def test_every_spelling_of_a_full_number_finds_its_e164_form(number: int, prefix: str) -> None:
    stored = parse_phone(f"+58{number}")
    (term,) = search_terms(f"{prefix}{number}", "VE")
    assert term in fold_all([stored])


@pytest.mark.parametrize(
    "query", ["1234", "12-34", "Ana 04123", "4123456789x", "#12345", "1+23456"]
)
def test_what_is_no_phone_is_searched_word_by_word(query: str) -> None:
    terms = search_terms(query, "VE")
    assert [term.strip() for term in terms] == fold(query).split()
    assert all(term.startswith(" ") == (len(term.strip()) < TRIGRAM) for term in terms)


def test_a_word_is_looked_for_once() -> None:
    assert search_terms("Ana ANA Á ana", "VE") == ["ana", " a"]


def test_an_id_of_digits_is_found_though_it_could_be_a_phone() -> None:
    for external_id in ("4123456789", "04123456789", "0004123456789"):
        (term,) = search_terms(external_id, "VE")
        assert term in fold_all([external_id])


def test_only_the_alphabets_are_kept() -> None:
    fold("Ж é 中 \U0001f600")
    assert max(_FOLDED) < END_OF_ALPHABETS
