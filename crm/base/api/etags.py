"""Optimistic concurrency: strong entity tags and ``If-Match`` (RFC 9110, 8.8.3 and 13.1.1)."""

from typing import Any

from rest_framework.request import Request

from crm.base.api.refusals import PreconditionFailed, PreconditionRequired


def etag(pk: Any, version: int) -> str:
    return f'"{pk}-{version}"'


def check_match(request: Request, pk: Any, version: int, *, required: bool = False) -> None:
    """Raise 412 when the request names a version that is not the stored one.

    Where it is ``required``, a request that names none is 428; ``*`` names any.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None and required:
        raise PreconditionRequired
    if wanted is None or wanted.strip() == "*":
        return
    # A weak tag never matches strongly, so ``W/"…"`` is left as it is and differs.
    if etag(pk, version) not in [tag.strip() for tag in wanted.split(",")]:
        raise PreconditionFailed(etag(pk, version))
