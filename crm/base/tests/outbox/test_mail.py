"""How a notice reads as e-mail, and what cannot get into its headers."""

from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from crm.base.outbox.delivery import deliver_next
from crm.base.outbox.mail import one_line
from crm.base.tests.outbox.sample import remind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reminders")]


def sent(reader: Any, **payload: Any) -> Any:
    notice = remind(reader, **payload)
    assert deliver_next(timezone.now())
    raw = mail.outbox[-1].message().as_bytes()
    return notice, message_from_bytes(raw, policy=policy.default)


def test_its_headers(reader: Any) -> None:
    notice, message = sent(reader)
    assert message["Message-ID"] == f"<{notice.message_id}>"
    assert notice.message_id.endswith("@crm.example.org")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "CRM <crm@crm.example.org>"
    assert message["To"] == "sam@example.org"
    assert message["Subject"] == "A reminder"
    assert message["Date"]


def test_text_and_html_say_the_same_and_lead_back(reader: Any) -> None:
    _notice, message = sent(reader, text="Call <b>Ana & Co.</b>", path="/admin/x/1/")
    text, html = (part.get_content() for part in message.iter_parts())
    assert "Call <b>Ana & Co.</b>\nhttps://crm.example.org/admin/x/1/" in text
    assert "https://crm.example.org/admin/profile/" in text
    assert '<a href="https://crm.example.org/admin/x/1/">Call &lt;b&gt;Ana &amp; Co.' in html
    assert "<b>" not in html


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\x00"])
def test_no_text_begins_another_header(end: str) -> None:
    assert one_line(f"Hi{end}Bcc: eve@example.org") == "Hi Bcc: eve@example.org"


def test_an_injected_header_is_part_of_the_subject(reader: Any) -> None:
    _notice, message = sent(reader, subject="Hi\r\nBcc: eve@example.org\r\n\r\n<script>")
    assert message["Subject"] == "Hi Bcc: eve@example.org <script>"
    assert message["Bcc"] is None
    assert mail.outbox[-1].recipients() == ["sam@example.org"]


def test_a_long_subject_in_any_script_is_readable(reader: Any) -> None:
    _notice, message = sent(reader, subject="Напоминание " * 100)
    assert message["Subject"].strip().startswith("Напоминание Напоминание ")
    assert len(message["Subject"].strip()) <= 200
