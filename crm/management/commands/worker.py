"""Sends notices and runs what is due by the clock; any number of it may run at once."""

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from crm.base.outbox.worker import drain, work
from crm.management.audited import AuditedCommand

SECONDS = 5.0


class Command(AuditedCommand):
    help = (
        "Sends notices by e-mail and WhatsApp and runs scheduled jobs, until SIGTERM or Ctrl-C; "
        "then it finishes what it is at. Several may run at once, on one machine or many."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due, and end")
        parser.add_argument(
            "--seconds", type=float, default=SECONDS, help="between two looks (default: 5)"
        )

    def handle(self, *args: Any, once: bool, seconds: float, **options: Any) -> None:
        stop = Event()
        wanted = (signal.SIGTERM, signal.SIGINT)
        before = {name: signal.signal(name, lambda *_: stop.set()) for name in wanted}
        try:
            if once:
                drain(stop)
            else:
                work(stop, seconds)
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)
