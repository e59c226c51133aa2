"""The PDF goes to the customer by the outbox."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from crm.base.models import Notice
from crm.base.outbox.delivery import deliver_next
from crm.tests.pages import filled, text, told
from customers.tests.make import make_customer
from invoices.tests.make import make_company, make_invoice
from invoices.tests.pages import page_of


@pytest.fixture
def browser(back_office: Callable[[User], Client], maria: User, settings: Any) -> Client:
    settings.NOTICE_CHANNELS = {"email": True, "whatsapp": True}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_company(name="Acme")
    return back_office(maria)


def test_a_worker_sends_it_in_the_documents_language(browser: Client) -> None:
    customer = make_customer(email="ana@example.org")
    invoice = make_invoice(customer=customer, language="es")
    path = page_of(invoice, "mail")
    sent = filled(browser.get(path))
    assert sent["address"] == "ana@example.org"
    assert told(browser.post(path, sent, follow=True)) == ["It is on its way to ana@example.org."]
    assert mail.outbox == []
    browser.post(path, sent)  # once more by mistake
    while deliver_next(timezone.now()):
        pass
    [letter] = mail.outbox
    assert letter.to == ["ana@example.org"]
    assert letter.subject == "Factura FAC001 de Acme"
    assert "perfil" not in letter.body
    [(name, content, kind)] = letter.attachments
    assert (name, kind) == ("FAC001.pdf", "application/pdf")
    assert content.startswith(b"%PDF")


@pytest.mark.parametrize("address", ["", "nobody", "a@b\nBcc: c@d.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused(browser: Client, address: str) -> None:
    path = page_of(make_invoice(), "mail")
    page = browser.post(path, filled(browser.get(path), address=address))
    assert page.status_code == 200
    assert "address" in page.context["form"].errors
    assert not Notice.objects.exists()


def test_without_a_mail_server_it_says_so(browser: Client, settings: Any) -> None:
    settings.NOTICE_CHANNELS = {"email": False, "whatsapp": False}
    path = page_of(make_invoice(), "mail")
    page = browser.post(path, filled(browser.get(path), address="ana@example.org"))
    assert "Set EMAIL_URL" in text(page)
