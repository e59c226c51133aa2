"""crm.rsgi between a granian and a WSGI application that are both ours."""

import errno
import logging
from collections.abc import Iterable
from math import inf
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from unittest.mock import Mock
from wsgiref.util import FileWrapper

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm import lent_files, wsgi
from crm.rsgi import IN_MEMORY, Application
from crm.tests.rsgi import Protocol, ask


class Recorder:
    """A WSGI application that remembers what it was called with."""

    def __init__(self) -> None:
        self.request: dict[str, Any] = {}
        self.body = b""

    def __call__(self, request: dict[str, Any], start_response: Any) -> list[bytes]:
        self.request, self.body = request, request["wsgi.input"].read()
        start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"one", b"two"]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def test_the_answer_is_handed_over_with_all_its_headers(recorder: Recorder) -> None:
    protocol = Protocol()
    ask(recorder, protocol)
    assert protocol.answer == (200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], b"onetwo")


@pytest.mark.parametrize("length", [1, IN_MEMORY, IN_MEMORY * 3 + 1])
def test_a_body_is_handed_over_whole(length: int, recorder: Recorder) -> None:
    body = bytes(index % 251 for index in range(length))
    parts = [body[start : start + 50_000] for start in range(0, length, 50_000)]
    ask(recorder, Protocol(parts), [("content-length", str(length))])
    assert recorder.body == body
    assert recorder.request["CONTENT_LENGTH"] == str(length)
    assert recorder.request["wsgi.input"].closed


def test_a_body_that_is_cut_off_reaches_nobody(recorder: Recorder) -> None:
    status, headers, _ = ask(recorder, Protocol([b"ab", b""]), [("content-length", "5")])
    assert (status, headers["Connection"]) == (400, "close")
    assert not recorder.request


def test_a_body_that_takes_too_long_is_refused(recorder: Recorder) -> None:
    status, headers, body = ask(recorder, Protocol([b"a"], True), [("content-length", "5")])
    assert (status, headers["Connection"]) == (408, "close")
    assert headers["Content-Type"] == "application/problem+json"
    assert b'"status": 408' in body
    assert not recorder.request


def test_a_body_for_which_there_is_no_room_is_refused(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Mock(write=Mock(side_effect=OSError(errno.ENOSPC, "full")))
    monkeypatch.setattr("crm.rsgi.SpooledTemporaryFile", lambda size: full)
    status, headers, _ = ask(recorder, Protocol([b"a"]), [("content-length", "1")])
    assert (status, headers["Content-Type"]) == (507, "application/problem+json")
    assert not recorder.request
    full.close.assert_called_once_with()


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("content-length", "6000001", 413),
        ("content-length", "9" * 5000, 413),
        ("content-length", "+5", 400),
        ("transfer-encoding", "chunked", 411),
    ],
)
def test_a_refused_body_is_not_read(header: str, value: str, status: int) -> None:
    host = [("host", "testserver"), (header, value)]
    found, headers, _ = ask(wsgi.application, Protocol(hangs=True), host, path="/api/v1/auth/login")
    assert (found, headers["Connection"]) == (status, "close")


def test_headers_are_told_as_cgi_tells_them(recorder: Recorder) -> None:
    headers = [
        *(("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2")),
        *(("cookie", "a=1"), ("cookie", "b=2"), ("content-type", "a/b"), ("content-type", "c/d")),
        *(("x_forwarded_proto", "https"), ("range", "bytes=0-1"), ("if-match", "é")),
    ]
    ask(recorder, headers=headers)
    told = {name: value for name, value in recorder.request.items() if name.startswith("HTTP_")}
    assert told == {
        "HTTP_X_FORWARDED_FOR": "192.0.2.1,192.0.2.2",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_IF_MATCH": "",
        "HTTP_HOST": "",
    }
    assert recorder.request["CONTENT_TYPE"] == "a/b"


def test_the_address_is_told_as_wsgi_wants_it(recorder: Recorder) -> None:
    ask(recorder, path="/ñ%41", query_string="q=é", client="[::1]:4711", server="[::]:8000")
    told = recorder.request
    assert told["PATH_INFO"].encode("latin-1").decode() == "/ñ%41"
    assert told["QUERY_STRING"].encode("latin-1").decode() == "q=é"
    assert (told["REMOTE_ADDR"], told["SERVER_NAME"], told["SERVER_PORT"]) == ("::1", "::", "8000")
    assert told["SERVER_PROTOCOL"] == "HTTP/1.1"


@pytest.mark.parametrize("start", [0, 2])
def test_a_whole_file_is_handed_over_by_its_name(start: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")

    def files(request: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        file = path.open("rb")
        file.seek(start)
        start_response("200 OK", [])
        wrapped: Iterable[bytes] = request["wsgi.file_wrapper"](file)
        assert isinstance(wrapped, FileWrapper)
        return wrapped

    assert ask(files)[2] == (b"ntent" if start else str(path))


def test_a_file_without_a_name_is_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    def files(request: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        wrapped: Iterable[bytes] = request["wsgi.file_wrapper"](file)
        return wrapped

    with TemporaryFile() as file:
        file.write(b"content")
        file.seek(0)
        path = Path(ask(files)[2])

    lent_files.take_back()
    assert path.read_bytes() == b"content"
    monkeypatch.setattr(lent_files, "monotonic", lambda: inf)
    lent_files.take_back()
    assert not path.exists()


def test_what_django_does_not_catch_is_a_logged_500(caplog: pytest.LogCaptureFixture) -> None:
    def broken(request: dict[str, Any], start_response: Any) -> list[bytes]:
        raise SystemExit

    with caplog.at_level(logging.ERROR):
        status, headers, _ = ask(broken)
    assert (status, headers["Content-Type"]) == (500, "application/problem+json")
    assert "failed outside Django" in caplog.text


def test_a_server_without_threads_does_not_start(recorder: Recorder) -> None:
    with pytest.raises(ImproperlyConfigured):
        Application(recorder, threads=0)
