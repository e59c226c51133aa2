"""Compares the cost of a request with a peer's: ``python -m benchmarks.bench``. See README.md."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import contenders, postgres, report, sameness
from benchmarks.client import Client
from benchmarks.measure import Meter, Round, measure
from benchmarks.requests import Kind, NewCustomers, kinds
from benchmarks.servers import Running, running

RESULTS = Path(__file__).with_name("results") / "bench.json"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of each kind, alternating")
    parser.add_argument("--requests", type=int, default=2000, help="in each round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--size", type=int, default=10_000, help="customers in the database")
    parser.add_argument("--only", default="", help="a part of the kinds' names")
    parser.add_argument("--warm-up", type=int, default=400, help="requests that do not count")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        directory = Path(scratch)
        token = contenders.prepare(options.size, directory)
        field = [contenders.ours(directory), contenders.peer(directory)]
        databases = [contender.database for contender in field]
        for database in databases:
            stack.callback(postgres.drop, database)
        meter = Meter(databases)
        disturbers = postgres.strangers(databases)
        servers = [stack.enter_context(running(contender, directory)) for contender in field]
        first, *rest = [Client(server.port, token) for server in servers]
        for client in rest:
            sameness.check(first, client, options.size)
        print("The contenders answer alike.", file=sys.stderr)
        rounds = alternate(meter, servers, token, options)
    report.save(RESULTS, rounds, vars(options), disturbers)
    print(report.markdown(rounds))
    report.warn(disturbers, meter.postmaster is not None)


Rounds = dict[str, dict[str, list[Round]]]


def alternate(
    meter: Meter, servers: list[Running], token: str, options: argparse.Namespace
) -> Rounds:
    """Return the rounds by kind and contender: A B A B …, after a warm-up of each."""
    supplies = {server.contender.name: supply(server, token, options.size) for server in servers}
    names = [kind.name for kind in next(iter(supplies.values()))]
    wanted = [(place, name) for place, name in enumerate(names) if options.only in name]
    rounds: Rounds = {name: {server.contender.name: [] for server in servers} for _, name in wanted}
    for position, name in wanted:
        for number in range(options.rounds + 1):
            for server in servers:
                contender = server.contender.name
                requests = options.requests if number else options.warm_up
                kind = supplies[contender][position]
                figures = measure(meter, server, kind, requests, options.connections)
                if number:
                    rounds[name][contender].append(figures)
                    print(f"{name} {number} {report.short(contender, figures)}", file=sys.stderr)
    return rounds


def supply(server: Running, token: str, size: int) -> list[Kind]:
    pages = sameness.page_paths(Client(server.port, token))
    return kinds(token, size, pages, NewCustomers())


if __name__ == "__main__":
    main()
