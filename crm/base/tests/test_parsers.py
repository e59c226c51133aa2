"""What the parsers take, and the reasons they give for what they do not."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from crm.base.api.parsers import (
    MAX_DEPTH,
    MAX_DIGITS,
    StrictFormParser,
    StrictJSONParser,
    StrictMultiPartParser,
    loads,
)
from crm.base.api.refusals import TooLarge

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=limit"
PART = b'--limit\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
NUMBERS = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def refusal(body: bytes) -> Any:
    """Return the code for which ``body`` is refused."""
    with pytest.raises(ParseError) as caught:
        loads(body)
    return caught.value.get_codes()


def parsed(parser: Any, body: bytes, media_type: str = "") -> Any:
    headers = {"CONTENT_TYPE": media_type, "CONTENT_LENGTH": str(len(body))}
    context = {"request": type("Request", (), {"META": headers, "upload_handlers": []})}
    return parser().parse(BytesIO(body), media_type, context)


@given(VALUES)
def test_it_reads_whatever_json_says(value: Any) -> None:
    assert loads(json.dumps(value).encode()) == value
    assert loads(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary())
def test_it_reads_or_refuses_any_bytes(body: bytes) -> None:
    try:
        loads(body)
    except ParseError as error:
        assert error.status_code == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"{'a': 1}", "malformed"),
        (b'{"a": 1} x', "malformed"),
        (b"\xef\xbb\xbf{}", "malformed"),
        (b'{"a": 1, "a": 2}', "duplicate_name"),
        (b'[{"b": {"a": 1, "a": 1}}]', "duplicate_name"),
        (b"NaN", "bad_number"),
        (b"[Infinity, -Infinity]", "bad_number"),
        (b"1e400", "bad_number"),
        (b"-1e400", "bad_number"),
        (b"1" * (MAX_DIGITS + 1), "bad_number"),
        (b"1" * 5_000, "bad_number"),
        (b'"\\ud800"', "bad_character"),
        (b'"\\udc00\\ud800"', "bad_character"),
        (b'{"\\ud800": 1}', "bad_character"),
        (b'["\\u0000"]', "bad_character"),
        (b'{"\\u0000": 1}', "bad_character"),
        (b'"\xed\xa0\x80"', "bad_encoding"),
        (b'"\xe9"', "bad_encoding"),
        ('{"a": 1}'.encode("utf-16"), "bad_encoding"),
    ],
)
def test_it_says_why_it_refuses(body: bytes, code: str) -> None:
    assert refusal(body) == code


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert loads(b'"\\ud83d\\ude00"') == "😀"


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_it_reads_so_deep_and_no_deeper(opening: bytes, closing: bytes) -> None:
    inside = b"1"
    assert loads(opening * MAX_DEPTH + inside + closing * MAX_DEPTH)
    for levels in (MAX_DEPTH + 1, 2_000, 100_000):
        assert refusal(opening * levels + inside + closing * levels) == "too_deep"


def test_a_number_may_have_so_many_digits() -> None:
    assert loads(b"9" * MAX_DIGITS) == int("9" * MAX_DIGITS)


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"', b"true"])
def test_a_body_is_an_object(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parsed(StrictJSONParser, body)
    assert caught.value.get_codes() == "not_an_object"


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_no_body_is_an_empty_object(body: bytes) -> None:
    assert parsed(StrictJSONParser, body) == {}


def test_a_body_is_refused_for_its_size_before_it_is_read(settings: Any) -> None:
    settings.JSON_BODY_LIMIT = 10
    assert parsed(StrictJSONParser, b'{"a": 123}') == {"a": 123}
    with pytest.raises(TooLarge):
        parsed(StrictJSONParser, b"{" * 11)
    with pytest.raises(TooLarge):
        parsed(StrictFormParser, b"a=123456789", FORM)


def test_a_form_is_read_under_the_same_limits() -> None:
    assert parsed(StrictFormParser, b"a=1&b=%C3%A9", FORM).dict() == {"a": "1", "b": "é"}
    for body in (b"a=%00", b"%00=1"):
        with pytest.raises(ParseError) as caught:
            parsed(StrictFormParser, body, FORM)
        assert caught.value.get_codes() == "bad_character"


def test_a_form_that_was_cut_off_is_refused() -> None:
    whole = PART % (b"a", b"1") + b"--limit--\r\n"
    assert parsed(StrictMultiPartParser, whole, MULTIPART).data.dict() == {"a": "1"}
    for length in (len(whole) - 4, len(whole) // 2):
        with pytest.raises(ParseError):
            parsed(StrictMultiPartParser, whole[:length], MULTIPART)
