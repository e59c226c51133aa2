"""Who else waits while clients dawdle: ``python -m benchmarks.slow_clients``. See README.md."""

import argparse
import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from statistics import median

from benchmarks import inside, postgres, report
from benchmarks.candidates import DATABASE, candidates
from benchmarks.client import Client
from benchmarks.measure import Meter, Round, measure
from benchmarks.requests import CUSTOMERS, NewCustomers, kinds, request_text
from benchmarks.sameness import page_paths
from benchmarks.servers import Running, production, running

PAUSE = 0.25  # seconds between two bytes
WATCH_SECONDS = 8
GIVE_UP = 5.0
SIZE = 2000
CONNECTIONS, ROUNDS = 16, 5
Dawdle = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def slow_head(writer: asyncio.StreamWriter) -> None:
    await trickle(writer, b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-Slow: 1\r\n" * 1000)


async def slow_body(writer: asyncio.StreamWriter) -> None:
    """Dawdle where no token is asked for."""
    writer.write(
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
    )
    await trickle(writer, b" " * 5000)


async def trickle(writer: asyncio.StreamWriter, data: bytes) -> None:
    with suppress(ConnectionError):
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(PAUSE)


@asynccontextmanager
async def dawdling(port: int, number: int, dawdle: Dawdle) -> AsyncIterator[None]:
    """Keep ``number`` connections dawdling inside the block."""
    pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(number)]
    writers = [writer for _reader, writer in pairs]
    tasks = [asyncio.ensure_future(dawdle(writer)) for writer in writers]
    await asyncio.sleep(1)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for writer in writers:
            writer.close()


async def waits(port: int, request: str) -> list[float]:
    """Return how many milliseconds each of a series of requests takes; GIVE_UP for no answer."""
    found = []
    until = time.monotonic() + WATCH_SECONDS
    while time.monotonic() < until:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(GIVE_UP):
                await answer(port, request)
        except (TimeoutError, ConnectionError):
            found.append(GIVE_UP * 1000)
            continue
        found.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(0.05)
    return found


async def answer(port: int, request: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request.encode())
        await writer.drain()
        if not (await reader.readline()).startswith(b"HTTP/1.1 200"):
            raise ConnectionError("refused")
    finally:
        writer.close()


async def watch(port: int, token: str, number: int, dawdle: Dawdle) -> str:
    """Return a cell: median / longest wait for /health, and for a detail."""
    detail = request_text("GET", f"{CUSTOMERS}/1", token)
    async with dawdling(port, number, dawdle):
        series = await asyncio.gather(
            waits(port, request_text("GET", "/health", token)), waits(port, detail)
        )
    return ", ".join(cell(found) for found in series)


def cell(found: list[float]) -> str:
    lost = sum(value >= GIVE_UP * 1000 for value in found)
    if lost == len(found):
        return "**no answer**"
    text = f"{median(found):.0f} / {max(found):.0f}"
    return f"{text} ({lost} unanswered)" if lost else text


def patience(server: Running, token: str, number: int) -> str:
    """Return the row of a server: how long others wait with nobody, heads and bodies dawdling."""
    series = ((0, slow_head), (number, slow_head), (number, slow_body))
    cells = [asyncio.run(watch(server.port, token, *dawdlers)) for dawdlers in series]
    return f"| {server.contender.name} | {' | '.join(cells)} |"


def costs(servers: Sequence[Running], token: str, requests: int) -> list[str]:
    """Return a row of each kind of request and server, whose rounds alternate."""
    meter = Meter([DATABASE])
    rounds: dict[tuple[str, str], list[Round]] = defaultdict(list)
    for kind in kinds(token, SIZE, page_paths(Client(servers[0].port, token)), NewCustomers()):
        for server in servers:
            measure(meter, server, kind, requests // 4, CONNECTIONS)
        for _ in range(ROUNDS):
            for server in servers:
                found = measure(meter, server, kind, requests, CONNECTIONS)
                rounds[kind.name, server.contender.name].append(found)
    return [report.line(*names, report.middle(found)) for names, found in rounds.items()]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slow_clients", description=__doc__)
    parser.add_argument("--requests", type=int, default=1000, help="to measure each server's cost")
    parser.add_argument("--dawdlers", type=int, default=60, help="slow connections")
    parser.add_argument("--only", default="", help="a part of the candidates' names")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    postgres.create(DATABASE)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            directory = Path(scratch)
            tokens = inside.run(production(postgres.url_of(DATABASE), directory), "fill", str(SIZE))
            postgres.leave_alone(DATABASE)
            chosen = [one for one in candidates(directory) if options.only in one.name]
            with ExitStack() as stack:
                servers = [stack.enter_context(running(one, directory)) for one in chosen]
                lines = costs(servers, tokens["sales"], options.requests)
                waited = [patience(each, tokens["sales"], options.dawdlers) for each in servers]
    finally:
        postgres.drop(DATABASE)
    slow = f"{options.dawdlers} slow heads | {options.dawdlers} slow bodies"
    print(f"| ms for /health, detail: median / longest | nobody | {slow} |")
    print("|---|---|---|---|")
    print("\n".join(waited))
    print("\n" + "\n".join([report.HEAD, *lines]))


if __name__ == "__main__":
    main()
