import re
import sys
import unicodedata
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from crm.base.text import (
    _INVISIBLE,
    _REFUSED,
    EmailField,
    LineField,
    NoteField,
    WebAddressField,
    canonical_email,
)

ANY_TEXT = st.text(st.characters())
REFUSED = [
    ("a\0b", "null_characters"),
    ("a\ud800b", "surrogate_characters"),
    ("a\udfff", "surrogate_characters"),
    ("a\x07b", "control_characters"),
    ("a\x1bb", "control_characters"),
    ("a\x7fb", "control_characters"),
    ("a\x9bb", "control_characters"),
    ("a\uffff", "control_characters"),
    *((f"a{chr(point)}b", "bidirectional_controls") for point in range(0x202A, 0x202F)),
    *((f"a{chr(point)}b", "bidirectional_controls") for point in range(0x2066, 0x206A)),
    ("\u200b\u200d", "invisible_text"),
]


def test_of_what_is_let_pass_at_once_nothing_would_be_refused() -> None:
    refused = re.compile("|".join(pattern.pattern for pattern, _code, _message in _REFUSED))
    printable = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isprintable()]
    visible = [one for one in printable if not one.isspace()]
    assert [one for one in visible if refused.search(one)] == []
    assert [one for one in visible if unicodedata.category(one) in _INVISIBLE] == []


def codes(field: "models.Field[Any, Any]", value: object) -> list[str | None]:
    """Return the codes of what ``field`` has against ``value``."""
    try:
        field.clean(value, None)
    except ValidationError as refusal:
        return [error.code for error in refusal.error_list]
    return []


def make_article_model() -> Any:
    class Article(models.Model):
        title = LineField(max_length=20)
        body = NoteField(blank=True, max_length=50)
        email = EmailField(null=True, blank=True)
        link = WebAddressField(blank=True)

        class Meta:
            app_label = "base"

        def __str__(self) -> str:
            return self.title

    return Article


def make_article_serializer() -> type[serializers.ModelSerializer[Any]]:
    class ArticleSerializer(serializers.ModelSerializer[Any]):
        class Meta:
            model = make_article_model()
            fields = ("title", "body", "email", "link")

    return ArticleSerializer


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("  Ana  María\u00a0\u3000Pérez ", "Ana María Pérez"),
        ("Jose\u0301", "José"),
        ("\nAna\r\n", "Ana"),
        ("Calle 1\r\n\tCaracas\u2028Venezuela", "Calle 1 Caracas Venezuela"),
        ("👩\u200d👩\u200d👧 می\u200cخواهم", "👩\u200d👩\u200d👧 می\u200cخواهم"),
        ("שלום\u200e!", "שלום\u200e!"),
        (7, "7"),
    ],
)
def test_a_line_is_stored_in_one_form(given_text: object, stored: str) -> None:
    assert LineField(max_length=50).clean(given_text, None) == stored
    assert LineField(max_length=50).get_prep_value(given_text) == stored


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_a_line_refuses_what_no_honest_text_has(text: str, code: str) -> None:
    assert codes(LineField(max_length=50), text) == [code]


@given(ANY_TEXT)
def test_a_stored_line_stays_as_it_is(text: str) -> None:
    field = LineField(max_length=500, blank=True)
    if not codes(field, text):
        stored = field.clean(text, None)
        assert field.clean(stored, None) == stored == unicodedata.normalize("NFC", stored)
        assert stored.encode().decode().splitlines() == ([stored] if stored else [])


def test_a_note_keeps_its_lines() -> None:
    note = NoteField().clean(" one\r\n\ttwo\r\rthree  \n", None)
    assert note == "one\n\ttwo\n\nthree"
    assert NoteField().get_prep_value("one\r\ntwo") == "one\ntwo"


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_a_note_refuses_what_no_honest_text_has(text: str, code: str) -> None:
    assert codes(NoteField(), text) == [code]


def test_a_note_has_a_limit_that_python_enforces() -> None:
    assert codes(NoteField(), "x" * 10_000) == []
    assert codes(NoteField(), "x" * 10_001) == ["max_length"]
    assert codes(NoteField(max_length=5), "x" * 6) == ["max_length"]


@pytest.mark.parametrize(
    "spelling", [" Ana@Example.COM ", "ana@example.com", "ＡＮＡ@example.com", "ana＠example.com"]
)
def test_every_spelling_of_an_address_is_the_same_address(spelling: str) -> None:
    assert EmailField().clean(spelling, None) == "ana@example.com"
    assert EmailField().get_prep_value(spelling) == "ana@example.com"


def test_no_email_is_null_where_null_is_allowed() -> None:
    assert EmailField(null=True).to_python("  ") is None
    assert EmailField(null=True).get_prep_value("") is None
    assert EmailField().to_python("  ") == ""
    assert EmailField(null=True).to_python(None) is None


@pytest.mark.parametrize("text", ["ana", "ana@", "a\0@x.com", "a\r\nb@x.com", "a\ud800@x.com"])
def test_it_refuses_what_is_no_email(text: str) -> None:
    assert codes(EmailField(), text) == ["invalid"]


@given(ANY_TEXT)
def test_the_spelling_of_an_email_is_final(text: str) -> None:
    assert canonical_email(canonical_email(text)) == canonical_email(text)


@pytest.mark.parametrize("address", ["https://example.com/a?b=c#d", " HTTPS://EXAMPLE.COM "])
def test_a_web_address_is_read_over_tls(address: str) -> None:
    assert WebAddressField().clean(address, None) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.com",
        "example.com",
        "https://",
        "https://example.com/\u202egpj.exe",
        "https://example.com/a\nb",
        "https://example.com/" + "x" * 500,
    ],
)
def test_it_refuses_other_addresses(address: str) -> None:
    assert codes(WebAddressField(), address)


@isolate_apps("crm.base")
def test_a_serializer_maps_the_fields_as_stock_ones() -> None:
    fields: dict[str, Any] = dict(make_article_serializer()().fields)
    assert {name: type(field) for name, field in fields.items()} == {
        "title": serializers.CharField,
        "body": serializers.CharField,
        "email": serializers.EmailField,
        "link": serializers.URLField,
    }
    assert fields["title"].max_length == 20
    assert fields["body"].max_length == 50
    assert fields["link"].max_length == 500


@isolate_apps("crm.base")
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("title", "a\u202eb", "bidirectional_controls"),
        ("title", "x" * 21, "max_length"),
        ("body", "a\x1bb", "control_characters"),
        ("body", "x" * 51, "max_length"),
        ("link", "http://example.com", "not_https"),
    ],
)
def test_a_serializer_refuses_what_the_model_refuses(name: str, value: str, code: str) -> None:
    serializer = make_article_serializer()(data={"title": "x", name: value})
    assert not serializer.is_valid()
    assert [error.code for error in serializer.errors[name]] == [code]


@isolate_apps("crm.base")
def test_a_form_maps_the_fields_as_stock_ones_and_stores_the_canonical_text() -> None:
    form_class = forms.modelform_factory(make_article_model(), exclude=["email"])
    sent = {"title": " a  b ", "body": "x\r\ny", "link": "example.com"}
    form = form_class(sent)
    assert [type(field) for field in form.fields.values()] == [
        forms.CharField,
        forms.CharField,
        forms.URLField,
    ]
    assert isinstance(form.fields["body"].widget, forms.Textarea)
    assert form.is_valid(), form.errors
    article = form.instance
    assert (article.title, article.body) == ("a b", "x\ny")
    assert article.link == "https://example.com"


@isolate_apps("crm.base")
def test_a_form_tells_at_the_field_what_it_refuses() -> None:
    form_class = forms.modelform_factory(make_article_model(), fields=["title"])
    assert form_class({"title": "a\u2066b"}).errors.as_data()["title"][0].code == (
        "bidirectional_controls"
    )


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (LineField(max_length=9), "crm.base.text.LineField(max_length=9)"),
        (NoteField(blank=True), "crm.base.text.NoteField(blank=True, max_length=10000)"),
        (EmailField(null=True), "crm.base.text.EmailField(max_length=254, null=True)"),
        (WebAddressField(), "crm.base.text.WebAddressField(max_length=500)"),
    ],
)
def test_a_migration_shows_nothing_of_their_workings(
    field: "models.Field[Any, Any]", written: str
) -> None:
    assert MigrationWriter.serialize(field) == (written, {"import crm.base.text"})
    assert MigrationWriter.serialize(field.clone()) == MigrationWriter.serialize(field)
