"""The application behind an asynchronous server that waits for slow bodies itself.

A candidate for bin/serve: a request takes one of the few threads only when its body is complete.
``rsgi`` is for granian's own interface, ``asgi`` for granian and uvicorn.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from crm.wsgi import application

LONGEST = 6_000_001  # bytes; the application refuses one that long
PATIENCE = 30  # seconds for a whole body
serve: Any = application
threads = ThreadPoolExecutor(int(os.environ.get("WEB_THREADS", "2")), "wsgi")
Answer = tuple[int, list[tuple[str, str]], bytes]


def environ(
    method: str,
    path: bytes,
    query: str,
    client: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
) -> dict[str, Any]:
    """Return the request as PEP 3333 describes it."""
    found = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": os.environ.get("PORT", "8000"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        found[f"HTTP_{name.upper().replace('-', '_')}"] = value
    found["CONTENT_TYPE"] = found.pop("HTTP_CONTENT_TYPE", "")
    found["CONTENT_LENGTH"] = str(len(body))
    found.pop("HTTP_CONTENT_LENGTH", None)
    return found


def call(request: dict[str, Any]) -> Answer:
    """Run the application and collect its answer; a real server would stream files."""
    status = 500
    headers: list[tuple[str, str]] = []

    def start_response(line: str, items: list[tuple[str, str]], error: Any = None) -> None:
        nonlocal status, headers
        status, headers = int(line[:3]), items

    parts = serve(request, start_response)
    try:
        body = b"".join(parts)
    finally:
        getattr(parts, "close", lambda: None)()
    return status, [(name.lower(), value) for name, value in headers], body


async def answered(request: dict[str, Any]) -> Answer:
    return await asyncio.get_running_loop().run_in_executor(threads, call, request)


async def rsgi(scope: Any, protocol: Any) -> None:
    """granian's interface: https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md."""
    body = bytearray()
    if scope.method not in ("GET", "HEAD"):
        try:
            async with asyncio.timeout(PATIENCE):
                async for part in protocol:
                    body += part
                    if len(body) > LONGEST:
                        break
        except TimeoutError:
            protocol.response_empty(408, [])
            return
    path = unquote_to_bytes(scope.path)
    request = environ(
        scope.method, path, scope.query_string, scope.client, scope.headers.items(), bytes(body)
    )
    protocol.response_bytes(*await answered(request))


Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def asgi(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """https://asgi.readthedocs.io/en/latest/specs/www.html."""
    if scope["type"] != "http":
        return
    try:
        async with asyncio.timeout(PATIENCE):
            body = await read(receive)
    except TimeoutError:
        answer: Answer = (408, [], b"")
    else:
        named = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        client = f"{scope['client'][0]}:0"
        path, query = scope["path"].encode(), scope["query_string"].decode("latin-1")
        request = environ(scope["method"], path, query, client, named, body)
        answer = await answered(request)
    status, headers, content = answer
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raw.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content})


async def read(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more and len(body) <= LONGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)
