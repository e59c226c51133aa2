"""Notices through a WhatsApp gateway, which is a web server of the test's own."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from crm.base.outbox.delivery import deliver_next
from crm.base.outbox.tables import Notice, Status
from crm.base.tests.outbox.sample import remind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reminders")]


class Gateway(HTTPServer):
    """Keeps what it is sent, and answers what the test wants."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[int] = []
        self.received: list[tuple[str, dict[str, str], Any]] = []


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 202)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    with Gateway() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.WHATSAPP_URL = f"http://127.0.0.1:{server.server_port}/send?from=crm"
        settings.WHATSAPP_TOKEN = "a secret"
        settings.NOTICE_CHANNELS = {"email": False, "whatsapp": True}
        yield server
        server.shutdown()
        thread.join()


def delivered(reader: Any, **payload: Any) -> Notice:
    notice = remind(reader, **payload)
    assert deliver_next(timezone.now())
    notice.refresh_from_db()
    return notice


def test_it_is_posted_with_the_token_and_an_id(gateway: Gateway, reader: Any) -> None:
    notice = delivered(reader, text="Call Ana", path="/admin/x/1/")
    assert notice.status == Status.SENT
    [(path, headers, body)] = gateway.received
    assert path == "/send?from=crm"
    assert headers["Authorization"] == "Bearer a secret"
    assert headers["Idempotency-Key"] == notice.message_id
    assert body == {
        "to": "+584121234567",
        "text": "A reminder\nCall Ana https://crm.example.org/admin/x/1/",
        "id": notice.message_id,
    }


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (422, Status.FAILED),
        (400, Status.FAILED),
        (401, Status.PENDING),
        (429, Status.PENDING),
        (503, Status.PENDING),
        (302, Status.PENDING),
    ],
)
def test_a_refused_message_is_final_and_anything_else_is_tried_again(
    gateway: Gateway, reader: Any, answer: int, status: str
) -> None:
    gateway.answers = [answer]
    notice = delivered(reader)
    assert notice.status == status
    assert str(answer) in notice.error
    assert len(gateway.received) == 1  # no redirect is followed


def test_a_repetition_carries_the_same_id(gateway: Gateway, reader: Any) -> None:
    gateway.answers = [500]
    notice = delivered(reader)
    assert deliver_next(notice.next_attempt_at)
    assert len({headers["Idempotency-Key"] for _path, headers, _body in gateway.received}) == 1
    assert len(gateway.received) == 2


def test_nobody_there_is_tried_again(gateway: Gateway, reader: Any, settings: Any) -> None:
    settings.WHATSAPP_URL = "http://127.0.0.1:9/"
    assert delivered(reader).status == Status.PENDING


def test_each_channel_has_a_notice_of_its_own(gateway: Gateway, reader: Any, settings: Any) -> None:
    settings.NOTICE_CHANNELS = {"email": True, "whatsapp": True}
    reader.notice_switches = {"reminder:email": True}
    remind(reader)
    while deliver_next(timezone.now()):
        pass
    assert (len(mail.outbox), len(gateway.received)) == (1, 1)


def test_who_has_no_phone_is_not_written_to(gateway: Gateway, sue: Any) -> None:
    with pytest.raises(Notice.DoesNotExist):
        remind(sue)
