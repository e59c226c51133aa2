"""Lists without pages, as some services answer them: however long, never held as a whole."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.response import Response

from crm.base.api.renderers import dumps
from crm.base.querysets import RecordQuerySet

BATCH = 1000
Rows = list[Any]
NOTHING = b"[]"


def batches(records: RecordQuerySet[Any]) -> Iterator[Sequence[int]]:
    """Yield the numbers of ``records``, oldest first; a statement for each thousand."""
    last = 0
    while True:
        found = records.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
        pks = list(found)
        if pks:
            yield pks
        if len(pks) < BATCH:
            return
        last = pks[-1]


def answer(pieces: Iterator[Rows], around: Callable[[Rows], Any] = lambda rows: rows) -> Any:
    """Answer the rows of all ``pieces`` as one array, in a document if ``around`` makes one.

    The array is the last empty one of what ``around`` makes of no rows. The first piece is read
    before anything is answered; what is no longer than that is a plain answer.
    """
    first = next(pieces, [])
    second = next(pieces, None)
    if second is None:
        return Response(around(first))
    head, _nothing, tail = dumps(around([])).rpartition(NOTHING)
    return _streamed(head, chain([first, second], pieces), tail)


def _streamed(head: bytes, pieces: Iterator[Rows], tail: bytes) -> HttpResponseBase:
    def written() -> Iterator[bytes]:
        mark = b"["
        yield head
        for rows in pieces:
            yield mark + dumps(rows)[1:-1]
            mark = b","
        yield b"]" + tail

    return StreamingHttpResponse(written(), content_type="application/json")
