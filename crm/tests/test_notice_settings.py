"""What is written in EMAIL_URL, and what Django is told."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from crm.notice_settings import gateway, mail

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.org", 25, None, None),
        ("smtp://mail.example.org:2525", 2525, None, None),
        ("smtp+tls://mail.example.org", 587, True, None),
        ("smtp+ssl://mail.example.org", 465, None, True),
    ],
)
def test_a_mail_server(url: str, port: int, tls: bool | None, ssl: bool | None) -> None:
    found = mail(url)
    assert (found["EMAIL_BACKEND"], found["EMAIL_HOST"]) == (SMTP, "mail.example.org")
    assert (found["EMAIL_PORT"], found.get("EMAIL_USE_TLS"), found.get("EMAIL_USE_SSL")) == (
        *(port, tls),
        ssl,
    )
    assert found["EMAIL_TIMEOUT"] == 10


def test_a_login_may_have_any_characters() -> None:
    found = mail("smtp+tls://crm%40example.org:p%40ss%2Fw@mail.example.org")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("crm@example.org", "p@ss/w")


def test_a_folder() -> None:
    assert mail("filemail:///var/mails")["EMAIL_FILE_PATH"] == "/var/mails"


def test_on_a_screen_a_mail_is_what_its_reader_sees(capsys: pytest.CaptureFixture[str]) -> None:
    letter = EmailMultiAlternatives("Invoice FAC001", "Thank you.\n", to=["ana@example.org"])
    letter.attach_alternative("<p>Thank you.</p>", "text/html")
    letter.attach("FAC001.pdf", b"%PDF-1.7", "application/pdf")
    backend = import_string(mail("consolemail://")["EMAIL_BACKEND"])
    assert backend().send_messages([letter]) == 1
    printed = capsys.readouterr().out
    for line in ("To:      ana@example.org", "Subject: Invoice FAC001", "With:    FAC001.pdf"):
        assert f"  | {line}\n" in printed
    assert printed.rstrip().endswith("| Thank you.")
    assert "<p>" not in printed


@pytest.mark.parametrize(
    "url", ["mail.example.org", "pop3://x", "smtp://", "smtp://u:p@host:port", "://"]
)
def test_what_names_no_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL cannot be read: use smtp") as refusal:
        mail(url)
    assert "u:p" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["https://gateway.example.org/x", "http://127.0.0.1:9000/", "http://localhost/", ""]
)
def test_a_gateway(url: str) -> None:
    assert gateway(url, "token") == url


@pytest.mark.parametrize("url", ["http://gateway.example.org", "ftp://x", "file:///etc/passwd"])
def test_a_token_is_sent_nowhere_else(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="https://"):
        gateway(url, "token")
