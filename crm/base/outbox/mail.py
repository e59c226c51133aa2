"""Notices as e-mail: plain text, and the same as HTML."""

import re
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from crm.base.links import absolute
from crm.base.outbox.kinds import Letter
from crm.base.outbox.refusals import Undeliverable

LONGEST_SUBJECT = 200
_NO_TEXT = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
PERMANENT = 500  # SMTP replies from here on are final (RFC 5321, 4.2.1)


def send(address: str, letter: Letter, message_id: str) -> None:
    """Hand the letter to the mail server; raises ``Undeliverable`` when it refuses for good.

    ``Message-ID`` stays the same at every attempt, so that a mailbox shows a repeated one once.
    ``Auto-Submitted`` keeps absence notes from answering (RFC 3834).
    """
    with translation.override(letter.language or get_language()):
        mail = _made(address, letter, message_id)
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if min(codes) < PERMANENT:
            raise
        raise Undeliverable(f"SMTP {codes[0]}") from error


def _made(address: str, letter: Letter, message_id: str) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=one_line(letter.subject),
        body=render_to_string("notices/letter.txt", _context(letter)),
        to=[address],
        headers={"Message-ID": f"<{message_id}>", "Auto-Submitted": "auto-generated"},
    )
    html = render_to_string("notices/letter.html", _context(letter))
    mail.attach_alternative(html, "text/html")
    for file in letter.attachments:
        mail.attach(file.name, file.content, file.content_type)
    return mail


def one_line(text: str) -> str:
    """Return ``text`` as a header's value: no character of it can begin another header."""
    return _NO_TEXT.sub(" ", text).strip()[:LONGEST_SUBJECT]


def _context(letter: Letter) -> dict[str, Any]:
    lines = [(line.text, absolute(line.path) if line.path else "") for line in letter.lines]
    return {
        "lines": lines,
        "language": get_language(),
        "profile": "" if letter.language else absolute(reverse("admin:profile")),
    }
