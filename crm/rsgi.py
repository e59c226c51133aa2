"""The entry point of granian: a request takes a thread when all of its body is here.

An event loop waits for bodies, granian sends the answers, the few threads only run Django: a client
that dawdles keeps nobody waiting.
https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md
"""

import asyncio
import logging
from collections import deque
from io import BytesIO
from queue import SimpleQueue
from tempfile import SpooledTemporaryFile
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from crm import wsgi as prepared  # sets Django up: the models that the rest leads to need that
from crm.base.api.problem_pages import problem_response, server_error
from crm.lent_files import take_back
from crm.wsgi_bridge import environ, respond

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]  # imported there

logger = logging.getLogger("crm.requests")

BODY_SECONDS = 30  # for a whole body, however steadily it trickles
IN_MEMORY = 64 * 1024  # bytes of a body; a longer one goes to a temporary file
SWEEP_SECONDS = 1
MOST_DIGITS = 18  # of a length; int() refuses thousands of them with an exception
CLOSE = {"Connection": "close", "Cache-Control": "no-store"}


class Application:
    """Runs ``wsgi`` in so many ``threads``; a body must be there within ``patience`` seconds."""

    def __init__(
        self, wsgi: "WSGIApplication", threads: int, patience: float = BODY_SECONDS
    ) -> None:
        if threads < 1:
            raise ImproperlyConfigured("WEB_THREADS must be at least 1.")
        self.wsgi, self.threads, self.patience = wsgi, threads, patience
        self.waiting: SimpleQueue[Any] = SimpleQueue()
        self.answered: deque[asyncio.Future[None]] = deque()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.sweep()
        for number in range(self.threads):
            Thread(target=self.work, name=f"web-{number}", daemon=True).start()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.end_answered()
        loop.run_until_complete(asyncio.sleep(0))

    async def __rsgi__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        self.end_answered()
        headers = scope.headers  # each time it is asked for, it is copied
        length = wanted(headers)
        try:
            body = await self.received(protocol, length) if length else BytesIO()
        except TimeoutError:
            logger.info("a body came too slowly", extra={"status": 408})
            send(protocol, problem_response(408, "timeout", "The body came too slowly.", **CLOSE))
        except OSError:
            logger.exception("a body could not be kept")
            send(protocol, problem_response(507, "storage_full", "The disk is full.", **CLOSE))
        except EOFError:  # nobody is there to read it
            protocol.response_empty(400, list(CLOSE.items()))
        else:
            answered = self.loop.create_future()
            self.waiting.put((scope, headers, body, protocol, length is None, answered))
            await answered  # granian answers 500 when this returns before there is an answer

    def sweep(self) -> None:
        self.end_answered()
        take_back()
        self.loop.call_later(SWEEP_SECONDS, self.sweep)

    def end_answered(self) -> None:
        """End the coroutines of requests that are answered; nobody waits for it.

        To wake the loop for each of them would cost more than all the rest of this module.
        """
        while self.answered:
            self.answered.popleft().set_result(None)

    async def received(self, protocol: "HTTPProtocol", length: int) -> IO[bytes]:
        """Return the body; raises ``TimeoutError``, and ``EOFError`` for one that is cut off."""
        body = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — closed with the request
        try:
            async with asyncio.timeout(self.patience):
                await fill(body, protocol, length)
        except BaseException:
            body.close()
            raise
        return body

    def work(self) -> None:
        while True:
            scope, headers, body, protocol, unread, answered = self.waiting.get()
            try:
                respond(self.wsgi, environ(scope, headers, body), protocol, last=unread)
            except BaseException:  # a thread that ended would be missed
                logger.exception("failed outside Django")
                send(protocol, server_error(HttpRequest()))  # unless there is an answer already
            body.close()
            self.answered.append(answered)
            if unread:  # granian can close the connection when the coroutine has ended
                self.loop.call_soon_threadsafe(self.end_answered)


def wanted(headers: Any) -> int | None:
    """Return how many bytes to read; None for a body that the application refuses unread."""
    length = headers.get("content-length")
    if length is None:
        return None if "transfer-encoding" in headers else 0
    if len(length) > MOST_DIGITS or not length.isdecimal():
        return None
    return int(length) if int(length) <= settings.UPLOAD_BODY_LIMIT else None


async def fill(body: IO[bytes], protocol: "HTTPProtocol", length: int) -> None:
    async for part in protocol:
        body.write(part)
        if body.tell() >= length:
            body.seek(0)
            return
    raise EOFError


def send(protocol: "HTTPProtocol", response: HttpResponse) -> None:
    protocol.response_bytes(response.status_code, list(response.items()), response.content)


application = Application(prepared.application, settings.WEB_THREADS)
