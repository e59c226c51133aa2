"""What granian calls an application with, made of what a test says."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from crm.rsgi import Application

Pairs = list[tuple[str, str]]


class Headers(list[tuple[str, str]]):
    """granian's headers: it leaves out the values that are no ASCII, not their names."""

    def __len__(self) -> int:
        return len(self.keys())

    def keys(self) -> list[str]:
        return list(dict(iter(self)))

    def items(self) -> Pairs:
        return [(name, value) for name, value in self if value.isascii()]

    def get(self, name: str) -> str | None:
        return dict(iter(self)).get(name)

    def __contains__(self, name: object) -> bool:
        return name in dict(iter(self))


@dataclass
class Scope:
    headers: Headers
    method: str = "POST"
    path: str = "/"
    query_string: str = ""
    client: str = "127.0.0.1:40000"
    server: str = "127.0.0.1:8000"
    scheme: str = "http"
    http_version: str = "1.1"
    authority: str | None = None


@dataclass
class Protocol:
    """A client that sends ``parts``, and then nothing: it is gone, or ``hangs``."""

    parts: list[bytes] = field(default_factory=list)
    hangs: bool = False
    answer: Any = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part
        if self.hangs:
            await asyncio.Event().wait()

    def respond(self, status: int, headers: Pairs, content: Any = b"") -> None:
        self.answer = self.answer or (status, headers, content)

    response_bytes = response_file = response_empty = respond


def ask(
    application: Any, protocol: Protocol | None = None, headers: Pairs | None = None, **scope: Any
) -> tuple[int, dict[str, str], Any]:
    """Return status, headers and content, or the path of a file, of the answer."""
    protocol = protocol or Protocol()
    adapter = Application(application, threads=1, patience=0 if protocol.hangs else 30)

    async def serve() -> None:
        adapter.__rsgi_init__(asyncio.get_running_loop())
        task = asyncio.ensure_future(
            adapter.__rsgi__(Scope(Headers(headers or []), **scope), protocol)  # type: ignore[arg-type]
        )
        while not task.done():
            adapter.end_answered()
            await asyncio.sleep(0)
        await task

    asyncio.run(serve())
    status, pairs, content = protocol.answer
    return status, dict(pairs), content
