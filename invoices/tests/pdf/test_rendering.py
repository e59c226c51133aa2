"""The file as a file: repeatable, safe from what is written in it, whoever asks at once."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from invoices.pdf.document import Document, Party
from invoices.pdf.rendering import render
from invoices.tests.pdf.reading import printed, reader
from invoices.tests.pdf.samples import make_document, make_logo

HOSTILE = (
    '#read("/etc/passwd")',
    '#panic("stop") #import "@preview/x:1.0.0": *',
    '"}] #eval("1+1") \\u{41} $x^2$ *bold* _it_ `raw` // gone',
    "{page} {pages} {tax} {0} %s %(x)s",
    "<script>alert(1)</script> &amp; \\",
    "= Heading",
    "@label <label> ~ -- --- ...",
)
ELSEWHERE = """
import hashlib, django
django.setup()
from invoices.pdf.rendering import render
from invoices.tests.pdf.samples import make_document, make_logo
document = make_document("ru", rows=30, logo=make_logo())
print(hashlib.sha256(render(document).pdf).hexdigest())
"""


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    document = make_document("ru", rows=30, logo=make_logo())
    here = hashlib.sha256(render(document).pdf).hexdigest()
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C"}
    environment |= {"DEBUG": "true"}  # which needs no secrets
    elsewhere = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        capture_output=True,
        text=True,
        check=True,
        env=environment | {"DJANGO_SETTINGS_MODULE": "crm.settings"},
    )
    assert elsewhere.stdout.strip() == here


def test_threads_do_not_disturb_each_other() -> None:
    documents = [
        make_document(language, rows=number, number=f"FAC{number:03}")
        for number, language in enumerate(["en", "es", "ru"] * 8)
    ]
    alone = [render(document) for document in documents]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(render, documents)) == alone


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_is_text_and_nothing_else(text: str) -> None:
    document = make_document("en", rows=1)
    found = printed(
        replace(
            document,
            number=text,
            buyer=Party(text, text, (text,), (text,)),
            lines=(replace(document.lines[0], description=text),),
            taxes=(replace(document.taxes[0], name=text),),
            description=text,
            payment=text,
            notes=text,
            footer=text,
        )
    )
    assert "".join(found.split()).count("".join(text.split())) == 11


def images(document: Document) -> int:
    return len(reader(render(document).pdf).pages[0].images)


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP"])
def test_the_logo_is_printed(format_name: str) -> None:
    assert images(make_document(logo=make_logo(format_name))) == 1


@pytest.mark.parametrize("size", [(1, 1), (3_000, 4), (4, 3_000)])
def test_a_logo_of_any_shape_leaves_the_invoice_on_its_page(size: tuple[int, int]) -> None:
    assert len(reader(render(make_document(logo=make_logo(size=size))).pdf).pages) == 1


@pytest.mark.parametrize(
    "logo",
    [b"no picture", make_logo()[:200], make_logo("JPEG")[:-300], make_logo("GIF"), b"<svg/>"],
)
def test_an_invoice_goes_out_without_a_broken_logo(logo: bytes) -> None:
    document = make_document(logo=logo)
    assert images(document) == 0
    assert "Estudio Mediterráneo" in printed(document)
