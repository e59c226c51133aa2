"""The PDF of a document: made once, kept, and the same for ever."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from accounts.models import User
from crm.base.errors import Conflict
from crm.tests.clients import ApiClient
from customers.tests.make import make_customer
from invoices import printing
from invoices.models import Printout
from invoices.tests.make import line, make_company, make_draft, make_invoice, stored_logo
from invoices.tests.pages import page_of

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_it_says_what_the_document_says() -> None:
    make_company(name="Acme", bank_details="IBAN ES91", footer="Register 7")
    invoice = make_invoice(customer=make_customer(name="Ana", city="Mérida"), description="Order 9")
    said = text_of(printing.printout(invoice).path.read_bytes())
    for words in ("FAC001", "Acme", "Ana", "Mérida", "Order 9", "IBAN ES91", "Register 7"):
        assert words in said
    assert "121.00" in said


def test_it_is_in_the_documents_language() -> None:
    assert "Factura" in text_of(printing.printout(make_invoice(language="es")).path.read_bytes())


def test_it_is_made_when_the_document_is_issued(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invoice = make_invoice()
    printed = Printout.objects.get(invoice=invoice)
    assert hashlib.sha256(printed.path.read_bytes()).hexdigest() == printed.digest


def test_it_stays_the_same_whatever_happens_later() -> None:
    make_company(name="Acme")
    customer = make_customer(name="Ana")
    invoice = make_invoice(customer=customer)
    before = printing.printout(invoice).digest
    customer.name = "Eva"
    customer.save()
    make_company(name="Other", logo=stored_logo())
    invoice.record_payment(invoice.total)
    assert printing.printout(invoice).digest == before


def test_a_lost_file_is_made_again_with_the_logo_of_its_day() -> None:
    make_company(logo=stored_logo())
    invoice = make_invoice()
    printed = printing.printout(invoice)
    content = printed.path.read_bytes()
    make_company(logo=None)
    printed.path.unlink()
    assert printing.printout(invoice).path.read_bytes() == content


def test_a_lost_file_is_not_replaced_by_another() -> None:
    invoice = make_invoice()
    Printout.objects.create(invoice=invoice, digest="0" * 64)
    with pytest.raises(Conflict, match="Restore it from a backup"):
        printing.printout(invoice)


def test_the_api_serves_it_to_those_who_see_the_document(as_sam: ApiClient, api: ApiClient) -> None:
    invoice = make_invoice()
    path = f"/api/v1/invoices/{invoice.pk}/pdf"
    response = as_sam.get(path)
    assert response["Content-Type"] == "application/pdf"
    assert 'filename="FAC001.pdf"' in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    assert "FAC001" in text_of(b"".join(response))
    assert api.get(path).status_code == 401
    assert as_sam.get("/api/v1/invoices/999999/pdf").status_code == 404


def test_a_draft_is_marked_and_not_kept(back_office: Callable[[User], Client], sam: User) -> None:
    make_company(name="Acme")
    draft = make_draft()
    response = back_office(sam).get(page_of(draft, "pdf"))
    assert "Draft" in text_of(b"".join(response))
    assert not Printout.objects.exists()


def test_signs_without_a_font_are_told(back_office: Callable[[User], Client], maria: User) -> None:
    invoice = make_invoice(line(description="Glyph \U0001323f"))
    missing = printing.printout(invoice).missing
    page = back_office(maria).get(page_of(invoice)).content.decode()
    assert ("No font on this server" in page) == bool(missing)
    assert missing in page
