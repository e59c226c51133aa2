"""A load generator in a process of its own, so that what it costs is not counted.

Reads a plan as one line of JSON, ``{port, connections, status, requests}`` with whole HTTP/1.1
requests as texts, connects, prints ``ready``, waits for a line, sends every request once over the
keep-alive connections and prints ``{seconds, latencies, cpu_seconds}``.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from typing import cast

CHUNKED = -1
DEADLINE = 300  # seconds; a plan that takes longer is broken off


class Connection(asyncio.Protocol):
    """Sends the next request of ``waiting`` whenever the answer to the last is complete."""

    def __init__(self, waiting: Iterator[bytes], status: int, latencies: list[float]) -> None:
        self.waiting, self.latencies = waiting, latencies
        self.expected = f"HTTP/1.1 {status} ".encode()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = bytearray()
        self.complete_at = 0  # the answer's length, 0 until its head is there; CHUNKED: unknown

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def send_next(self) -> None:
        request = next(self.waiting, None)
        if request is None:
            self.done.set_result(None)
            return
        self.received.clear()
        self.complete_at = 0
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.complete_at and not self.read_head():
            return
        if self.is_complete():
            self.latencies.append(time.perf_counter() - self.sent_at)
            self.send_next()

    def is_complete(self) -> bool:
        if self.complete_at == CHUNKED:
            return self.received.endswith(b"\r\n0\r\n\r\n")  # not in the JSON of a chunk
        return len(self.received) >= self.complete_at

    def read_head(self) -> bool:
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self.received.startswith(self.expected):
            self.fail(f"unexpected answer: {self.received[:600].decode(errors='replace')}")
            return False
        head = bytes(self.received[:end]).lower()
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        self.complete_at = end + 4 + int(length) if length else CHUNKED
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self.fail(f"the server closed the connection: {error}")

    def fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(reason))


async def run(port: int, connections: int, status: int, requests: list[str]) -> None:
    waiting = iter([request.encode() for request in requests])
    latencies: list[float] = []
    loop = asyncio.get_running_loop()
    clients = []
    for _ in range(connections):
        _transport, client = await loop.create_connection(
            lambda: Connection(waiting, status, latencies), "127.0.0.1", port
        )
        clients.append(client)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    started, cpu = time.perf_counter(), time.process_time()
    for client in clients:
        client.send_next()
    await asyncio.wait_for(asyncio.gather(*(client.done for client in clients)), DEADLINE)
    result = {
        "seconds": time.perf_counter() - started,
        "latencies": latencies,
        "cpu_seconds": time.process_time() - cpu,
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(run(**json.loads(sys.stdin.readline())))
