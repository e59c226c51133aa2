"""How long an invoice takes to print.

    DJANGO_SETTINGS_MODULE=crm.settings python -m benchmarks.inside invoice_pdf

Wall-clock milliseconds: the first invoice of a process, then the median and the worst of many,
each of them another document; then how many a second four threads print.
"""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from invoices.pdf.rendering import render
from invoices.tests.pdf.samples import make_document, make_logo

ROUNDS = 60
ROWS = {"1 page": 4, "2 pages": 30, "5 pages": 130, "20 pages": 560}


def main(*_arguments: str) -> None:
    print(f"first invoice: {milliseconds(lambda: render(make_document(rows=30))):.0f} ms")
    for name, rows in ROWS.items():
        for logo in (b"", make_logo()):
            print(f"{name}, {'a logo' if logo else 'no logo'}: {spread(rows, logo)}")
    print(f"2 pages, four threads: {in_threads(4):.0f} a second")


def spread(rows: int, logo: bytes) -> str:
    documents = [
        make_document("es", rows=rows, number=f"FAC{number:05}", logo=logo)
        for number in range(ROUNDS)
    ]
    render(documents[0])
    times = [milliseconds(partial(render, document)) for document in documents[1:]]
    return f"median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms"


def in_threads(count: int) -> float:
    documents = [make_document("es", rows=30, number=f"F{number:05}") for number in range(200)]
    with ThreadPoolExecutor(count) as threads:
        return len(documents) / milliseconds(lambda: list(threads.map(render, documents))) * 1_000


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1_000
