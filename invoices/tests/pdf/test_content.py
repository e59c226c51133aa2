"""What a reader finds in the file."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from invoices import kinds
from invoices.pdf.labels import titles
from invoices.pdf.rendering import render
from invoices.tests.pdf.reading import pages, printed, reader
from invoices.tests.pdf.samples import make_credit_note, make_document

IN_ENGLISH = ["Invoice", "Bill to", "IVA 21% on €2,859.90 €600.58", "Total €3,982.98"]
IN_SPANISH = ["Factura", "Cliente", "IVA 21 % sobre 2.859,90 € 600,58 €", "Total 3.982,98 €"]
IN_RUSSIAN = ["Счёт", "Покупатель", "IVA 21 % с 2 859,90 € 600,58 €", "Итого 3 982,98 €"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", [*IN_ENGLISH, "November 21, 2026", "Page 1 of 1"]),
        ("es", [*IN_SPANISH, "21 de diciembre de 2026", "Página 1 de 1"]),
        ("ru", [*IN_RUSSIAN, "21 декабря 2026 г.", "Страница 1 из 1"]),
    ],
)
def test_it_speaks_the_customer_s_language(language: str, expected: list[str]) -> None:
    text = printed(make_document(language))
    assert [words for words in expected if words not in text] == []


def test_a_region_has_its_own_customs() -> None:
    text = printed(make_document("es-MX", currency="MXN"))
    assert "Factura" in text
    assert "$3,982.98" in text


@pytest.mark.parametrize("language", ["de", "", "zz-!!", "x" * 600])
def test_other_languages_are_served_in_english_altogether(language: str) -> None:
    text = printed(make_document(language))
    assert [words for words in IN_ENGLISH if words not in text] == []


def test_who_what_and_how_much_are_there() -> None:
    document = make_document("es", description="Pedido 7", notes="¡Gracias!")
    text = printed(document)
    rows = ["12,5 38,00 10 % 475,00", "0,5 640,00 21 % 320,00", "Subtotal 3.334,90 €"]
    people = [*document.buyer.address, *document.buyer.contact, *document.seller.address]
    expected = [*rows, *people, "ID fiscal: A-87654321", "Pedido 7", "¡Gracias!", "IBAN ES91"]
    assert [words for words in expected if words not in text] == []


def test_a_payment_before_issue_leaves_the_rest_due() -> None:
    text = printed(make_document(paid=Decimal("982.98")))
    assert "Paid -€982.98" in text
    assert "Amount due €3,000.00" in text
    assert "Amount due" not in printed(make_document())


def test_a_credit_note_names_the_invoice_it_corrects() -> None:
    text = printed(make_credit_note("es"))
    assert "Nota de crédito\nABO00007" in text
    assert "Rectifica la factura\nFAC00042\n21 de noviembre de 2026" in text


@pytest.mark.parametrize("language", ["en", "es", "ru"])
def test_paper_and_screen_call_a_document_by_one_name(language: str) -> None:
    with translation.override(language):
        for kind, title in titles().items():
            assert title == str(kinds.Kind(kind.value).label)


def test_a_draft_says_so_and_has_neither_number_nor_dates() -> None:
    text = printed(make_document(number="", issue_date=None, due_date=None))
    assert "Invoice\nDraft" in text
    assert "date" not in text


def test_an_empty_draft_can_be_looked_at() -> None:
    zero = Decimal(0)
    document = make_document(number="", lines=(), taxes=(), subtotal=zero, tax=zero, total=zero)
    assert "Total €0.00" in printed(document)


def test_the_file_describes_itself() -> None:
    file = reader(render(make_document("es")).pdf)
    assert file.metadata is not None
    assert file.metadata.title == "Factura FAC00042"
    assert file.metadata.author == "Estudio Mediterráneo S.L."
    assert str(file.metadata.creation_date) == "2026-11-21 00:00:00+00:00"
    assert str(file.root_object["/Lang"]) == "es"


def test_it_can_be_archived_and_read_aloud() -> None:
    pdf = render(make_document()).pdf  # its metadata are not compressed, as PDF/A asks
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


def test_the_table_s_head_and_the_page_s_number_are_on_every_page() -> None:
    found = pages(render(make_document("es", rows=130)).pdf)
    assert len(found) >= 5
    for number, page in enumerate(found, start=1):
        assert "Descripción Cantidad Precio unitario Impuesto Importe" in page
        assert f"Página {number} de {len(found)}" in page
    assert ["Factura FAC00042" in page for page in found] == [False] + [True] * (len(found) - 1)


def test_the_totals_stay_together_wherever_the_table_ends() -> None:
    for rows in range(20, 32):
        totals = [
            page for page in pages(render(make_document(rows=rows)).pdf) if "Subtotal" in page
        ]
        assert ["Total €" in page for page in totals] == [True]


def test_a_text_longer_than_a_page_goes_on_overleaf() -> None:
    document = make_document(rows=1)
    words = " ".join(f"word{number}" for number in range(3_000))
    line = replace(document.lines[0], description=words)
    text = printed(replace(document, lines=(line,)))
    assert "word0 " in text
    assert "word2999" in text


def test_a_long_word_is_broken_and_extracts_whole() -> None:
    document = make_document(rows=1)
    line = replace(document.lines[0], description="W" * 200)
    text = printed(replace(document, lines=(line,)))
    runs = [len(part) for part in text.split() if set(part) == {"W"}]
    assert sum(runs) == 200
    assert max(runs) < 60
