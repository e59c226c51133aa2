"""Between granian's RSGI and PEP 3333: how a request is told, and how an answer is handed over."""

import sys
from functools import lru_cache
from io import BufferedRandom, BufferedReader
from typing import IO, TYPE_CHECKING, Any
from wsgiref.util import FileWrapper

from crm.lent_files import lend

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]  # imported there

ALWAYS: "WSGIEnvironment" = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.file_wrapper": FileWrapper,
}
WITHOUT_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")


def environ(scope: "Scope", headers: Any, body: IO[bytes]) -> "WSGIEnvironment":
    """Return the request; ``headers`` are the scope's, of which each look makes a copy."""
    server, _, port = scope.server.rpartition(":")
    found = {
        **ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": latin(scope.path),
        "QUERY_STRING": latin(scope.query_string),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
    }
    expected = len(found) + len(headers)
    for name, value in headers.items():
        key = variable(name)
        found[key] = joined(key, found[key], value) if key in found else value
    if len(found) < expected:  # the values that are no ASCII are left out
        for name in headers.keys():  # noqa: SIM118 — it is no mapping
            found.setdefault(variable(name), "")
    found.pop("", None)
    if "HTTP_HOST" not in found:
        found["HTTP_HOST"] = scope.authority or ""  # else Django believes SERVER_NAME
    return found


def latin(text: str) -> str:
    """Return each byte of ``text`` as a character; it is decoded as UTF-8 already."""
    return text if text.isascii() else text.encode().decode("latin-1")


@lru_cache(maxsize=256)
def variable(header: str) -> str:
    """Return the variable of a header, whose name is in lower case; "" when it has none.

    ``x_forwarded_proto`` would pass for ``x-forwarded-proto``. Pieces of files would be held in
    memory until the client has taken them, and nobody needs any.
    """
    if "_" in header or header == "range":
        return ""
    name = header.upper().replace("-", "_")
    return name if name in WITHOUT_PREFIX else f"HTTP_{name}"


def joined(variable: str, first: str, second: str) -> str:
    """Return the value of a header that was sent twice (RFC 9110, section 5.3)."""
    if variable in WITHOUT_PREFIX:
        return first
    return f"{first}{'; ' if variable == 'HTTP_COOKIE' else ','}{second}"


class Answer:
    """PEP 3333's ``start_response``, and what it was told."""

    __slots__ = ("headers", "status")

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        self.status, self.headers = int(status[:3]), headers


def respond(
    wsgi: "WSGIApplication", request: "WSGIEnvironment", protocol: "HTTPProtocol", *, last: bool
) -> None:
    """Run ``wsgi`` and hand its answer over, the ``last`` one of a connection with such a header.

    Nobody waits for the client to take it. granian reads a file as fast as its client does; it
    would not do so with a stream, whose parts pile up in memory, so the rest is handed over whole.
    """
    answer = Answer()
    parts: Any = wsgi(request, answer)
    if last:
        answer.headers.append(("Connection", "close"))
    try:
        file = file_of(parts)
        if file:
            protocol.response_file(answer.status, answer.headers, file)
        else:
            protocol.response_bytes(answer.status, answer.headers, b"".join(parts))
    finally:
        if hasattr(parts, "close"):
            parts.close()


def file_of(parts: Any) -> str | None:
    """Return the path of the file that ``parts`` are the whole of."""
    file = parts.filelike if isinstance(parts, FileWrapper) else None
    if isinstance(file, BufferedRandom) and not file.tell():
        return lend(file)
    return str(file.name) if isinstance(file, BufferedReader) and not file.tell() else None
